import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../random.ts'
import type { Reporter } from './reporter.ts'
import { deliver, nextAddress, report } from './reporter.ts'
import type { Wire } from './wire.ts'
import { openWire } from './wire.ts'

/** Reporters at work, each as fast as it is answered, until they are told to stop or find nobody to talk to. */
export interface Traffic {
  /** Reports that were acknowledged. */
  acknowledged(): number
  /** How many were refused, by code. */
  refused(): Readonly<Record<string, number>>
  /** Once each of them has been acknowledged a report, or has found nobody to talk to. */
  readonly underWay: Promise<unknown>
  /** Once all have ended, for whatever reason. */
  readonly ended: Promise<unknown>
  /** Lets each finish what it has begun. */
  stop(): Promise<unknown>
}

export function startTraffic(reporters: readonly Reporter[], port: number, random: Random): Traffic {
  const refused: Record<string, number> = {}
  let acknowledged = 0
  let stopped = false
  const lanes = reporters.map(reporter => {
    const first = Promise.withResolvers<void>()
    const ended = work(reporter, port, random, {
      isStopped: () => stopped,
      answered(refusal) {
        if (refusal === null) {
          acknowledged += 1
          first.resolve()
        } else refused[refusal] = (refused[refusal] ?? 0) + 1
      },
    }).finally(first.resolve)
    return { first: first.promise, ended }
  })
  const ended = Promise.all(lanes.map(lane => lane.ended))
  ended.catch(() => {}) // told to whoever asks
  return {
    acknowledged: () => acknowledged,
    refused: () => refused,
    underWay: Promise.all(lanes.map(lane => lane.first)),
    ended,
    stop() {
      stopped = true
      return ended
    },
  }
}

interface Progress {
  isStopped(): boolean
  answered(refusal: string | null): void
}

async function work(reporter: Reporter, port: number, random: Random, progress: Progress): Promise<void> {
  using wire = openWire(port)
  try {
    await deliverAgain(reporter, wire, random, progress)
    while (!progress.isStopped()) {
      const refusal = await report(reporter, wire, nextAddress(reporter, random))
      progress.answered(refusal)
      if (refusal !== null) await sleep(PAUSE_MS)
    }
  } catch (error) {
    if (!isLost(error)) throw error
  }
}

/** As a device does whose last message had no answer; or it has forgotten that one, and begins anew. */
async function deliverAgain(reporter: Reporter, wire: Wire, random: Random, progress: Progress) {
  const last = reporter.book.at(-1)
  const isOpen = last !== undefined && ['unanswered', 'recorded', 'absent'].includes(last.fate)
  if (isOpen && random.oneIn(2)) progress.answered(await deliver(reporter, wire, last))
}

/** The receiver is gone, or just going. */
function isLost(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return (
    typeof code === 'string' &&
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)
  )
}

const PAUSE_MS = 10
