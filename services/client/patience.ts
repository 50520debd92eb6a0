import { ClientError } from './client-error.ts'
import type { Sleep } from './sleep.ts'

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
  sleep: Sleep
  /** Aborts once the other family has reached the server: trying to find a way to it is idle then. */
  enough: AbortSignal
  onWait: (error: ClientError, delayMs: number) => void
}

export function patience({ until, now, random, sleep, enough, onWait }: PatienceOptions): Patience {
  let failures = 0
  return {
    async retry(isWorth, attempt) {
      for (;;) {
        try {
          return await attempt()
        } catch (error) {
          if (!(error instanceof ClientError) || !isWorth(error)) throw error
          const looksForWay = error.reaction.reached !== 'server'
          const delayMs = Math.max(backOffMs(failures++, random), error.retryAfterMs)
          if ((looksForWay && enough.aborted) || now() + delayMs > until) throw error
          onWait(error, delayMs)
          await sleep(delayMs, looksForWay ? enough : undefined)
          if (looksForWay && enough.aborted) throw error
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
