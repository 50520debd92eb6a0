import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reporter } from './reporter.ts'
import { isCounted } from './reporter.ts'

/** Someone who asks the viewer all the time, and notes every answer that is not as it must be. */
export interface Watch extends AsyncDisposable {
  answers(): number
  /** Answers other than 200, and addresses that are not those of the moment; none there should be. */
  readonly wrong: readonly string[]
  /** Once it has asked for everybody again, or has been stopped. */
  round(): Promise<void>
  stop(): Promise<void>
}

/** Asks `url` in turn for each reporter. Each must have been acknowledged an update already. */
export function watch(url: string, reporters: readonly Reporter[]): Watch {
  const wrong: string[] = []
  const news = new EventEmitter()
  let answers = 0
  let stopped = false
  const done = (async () => {
    for (let turn = 0; !stopped; turn++) {
      // The same a few times in a row: an answer that is kept for too long is then given again.
      const reporter = reporters[Math.floor(turn / IN_A_ROW) % reporters.length] as Reporter
      const complaint = await look(url, reporter, VIEWS[turn % VIEWS.length] as View).catch(String)
      if (complaint !== null) wrong.push(complaint)
      answers += 1
      news.emit('answer')
      await sleep(PAUSE_MS)
    }
  })()
  const stop = () => {
    stopped = true
    return done
  }
  async function round() {
    // One more than a round has: the answer under way may have been asked for before.
    const until = answers + reporters.length * IN_A_ROW + 1
    while (!stopped && answers < until) await once(news, 'answer')
  }
  return { answers: () => answers, wrong, round, stop, [Symbol.asyncDispose]: stop }
}

interface View {
  path(device: string): string
  /** Address and time of the newest report that it shows. */
  newest(body: string): { address: string; lastSeen: number } | undefined
}

const VIEWS: readonly View[] = [
  {
    path: device => `/getip/${device}?format=json`,
    newest: body => JSON.parse(body).addresses[0],
  },
  {
    path: device => `/history/${device}?format=json&limit=3`,
    newest: body => JSON.parse(body).entries[0],
  },
]

/**
 * What was acknowledged before we asked must show, or something later; and nothing that was not even sent when the
 * answer was there. Null: that is so.
 */
async function look(url: string, { device, book }: Reporter, view: View): Promise<string | null> {
  const known = book.findLastIndex(isCounted)
  const answer = await fetch(url + view.path(device))
  const body = await answer.text()
  if (answer.status !== 200) return `${answer.status} ${body}`
  const shown = view.newest(body)
  const possible = book.slice(known).filter(({ fate }) => fate !== 'refused' && fate !== 'absent')
  const isOfTheMoment = possible.some(
    ({ address, timestamp }) => shown?.address === address && shown.lastSeen === timestamp,
  )
  if (isOfTheMoment) return null
  const wanted = possible.map(({ address, timestamp, fate }) => `${address} ${timestamp} ${fate}`)
  return `${device}: ${shown?.address} ${shown?.lastSeen}, and none of ${wanted.join(', ')}`
}

/** Whether this is what the one hears who is just asking when the viewer is killed. */
export function isOfKill(complaint: string): boolean {
  return /^TypeError: (fetch failed|terminated)/.test(complaint)
}

/** Whether this is what the one hears whose answer ends in the middle. */
export function isCutShort(complaint: string): boolean {
  return complaint.startsWith('TypeError: terminated')
}

const PAUSE_MS = 15
const IN_A_ROW = 6
