import { setTimeout as sleep } from 'node:timers/promises'
import { ClientError } from './client-error.ts'

/** How long to go on trying, and how: one for each server and family. */
export interface Patience {
  /** Runs `attempt` until it succeeds, fails in a way that is not `worth` another try, or time is up. */
  retry<T>(isWorth: (error: ClientError) => boolean, attempt: () => Promise<T>): Promise<T>
}

export interface PatienceOptions {
  /** No try begins later than this, in milliseconds of `now`. */
  until: number
  now: () => number
  /** 0 ≤ random() < 1 */
  random: () => number
  /** Aborts once the other family has reached the server: trying to find a way to it is idle then. */
  enough: AbortSignal
  onWait: (error: ClientError, delayMs: number) => void
}

export function patience({ until, now, random, enough, onWait }: PatienceOptions): Patience {
  let failures = 0
  return {
    async retry(isWorth, attempt) {
      for (;;) {
        try {
          return await attempt()
        } catch (error) {
          if (!(error instanceof ClientError) || !isWorth(error)) throw error
          const delayMs = Math.max(backOffMs(failures++, random), error.retryAfterMs)
          const isIdle = error.reaction.reached !== 'server' && enough.aborted
          if (isIdle || now() + delayMs > until) throw error
          onWait(error, delayMs)
          if (!(await pause(delayMs, error.reaction.reached === 'server' ? undefined : enough))) throw error
        }
      }
    },
  }
}

/**
 * 1, 2, 4 … 60 seconds, each between half and whole: a server that comes back after an outage is not met by
 * all its devices in the same second.
 */
export function backOffMs(failures: number, random: () => number): number {
  const wholeMs = Math.min(1_000 * 2 ** failures, 60_000)
  return Math.round(wholeMs * (0.5 + random() / 2))
}

/** False where the pause was broken off. */
async function pause(delayMs: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await sleep(delayMs, undefined, signal === undefined ? {} : { signal })
    return true
  } catch {
    return false
  }
}
