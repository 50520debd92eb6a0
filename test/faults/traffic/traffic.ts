import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../fixtures/random.ts'
import type { Reporter } from './reporter.ts'
import { deliver, nextAddress, report } from './reporter.ts'
import type { Wire } from './wire.ts'
import { openWire } from './wire.ts'

/** Reporters at work, each as fast as its answers come, until they are stopped or cannot connect. */
export interface Traffic extends AsyncDisposable {
  acknowledged(): number
  /** By the code of the problem. */
  refused(): Readonly<Record<string, number>>
  /** Once so many answers were such: `acknowledged`, or refused with this code. */
  heard(answer: string, times: number): Promise<void>
  /** Once each of them has been acknowledged a report, or has found nobody to talk to. */
  readonly underWay: Promise<unknown>
  /** Once all have ended, for whatever reason. */
  readonly ended: Promise<unknown>
  /** Lets each finish what it has begun. */
  stop(): Promise<unknown>
}

export function startTraffic(reporters: readonly Reporter[], port: number, random: Random): Traffic {
  const heard: Record<string, number> = {}
  const news = new EventEmitter()
  let stopped = false
  const lanes = reporters.map(reporter => {
    const first = Promise.withResolvers<void>()
    const ended = work(reporter, port, random, {
      isStopped: () => stopped,
      hear(answer) {
        heard[answer] = (heard[answer] ?? 0) + 1
        news.emit(answer)
        if (answer === ACKNOWLEDGED) first.resolve()
      },
    }).finally(first.resolve)
    return { first: first.promise, ended }
  })
  const ended = Promise.all(lanes.map(lane => lane.ended))
  ended.catch(() => {}) // whoever awaits `ended` gets the error
  const stop = () => {
    stopped = true
    return ended
  }
  return {
    acknowledged: () => heard[ACKNOWLEDGED] ?? 0,
    refused() {
      const { [ACKNOWLEDGED]: _, ...refused } = heard
      return refused
    },
    async heard(answer, times) {
      while ((heard[answer] ?? 0) < times) await once(news, answer)
    },
    underWay: Promise.all(lanes.map(lane => lane.first)),
    ended,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}

/** Of a program, before it is killed or stopped. */
export const MOST_MS_UNDER_LOAD = 300

/** Resolves at a random moment of traffic that is under way. */
export async function momentUnderLoad(
  traffic: Traffic,
  random: Random,
  mostMs = MOST_MS_UNDER_LOAD,
): Promise<void> {
  await traffic.underWay
  await sleep(random.below(mostMs))
}

const ACKNOWLEDGED = 'acknowledged'

interface Progress {
  isStopped(): boolean
  hear(answer: string): void
}

async function work(
  reporter: Reporter,
  port: number,
  random: Random,
  { isStopped, hear }: Progress,
): Promise<void> {
  using wire = openWire(port)
  try {
    if (hasUnanswered(reporter) && random.oneIn(2)) hear((await deliverLast(reporter, wire)) ?? ACKNOWLEDGED)
    while (!isStopped()) {
      const refusal = await report(reporter, wire, nextAddress(reporter, random))
      hear(refusal ?? ACKNOWLEDGED)
      if (refusal !== null) await sleep(PAUSE_MS)
    }
  } catch (error) {
    if (!isLost(error)) throw error
  }
}

/** A device whose last message had no answer sends it again. If it has lost that message, it starts with a new question. */
function hasUnanswered({ book }: Reporter): boolean {
  const fate = book.at(-1)?.fate
  return fate === 'unanswered' || fate === 'recorded' || fate === 'absent'
}

async function deliverLast(reporter: Reporter, wire: Wire): Promise<string | null> {
  const last = reporter.book.at(-1)
  return last === undefined ? null : deliver(reporter, wire, last)
}

/** The receiver is gone, or just going. */
function isLost(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(code)
}

const PAUSE_MS = 10
