import type { Sleep } from '../context.ts'
import { ClientError } from '../errors.ts'

/** How long to try, and when to try again: one for each server and family. */
export interface RetryPolicy {
  /** Runs `attempt` until it succeeds, fails with an error that is not `retryable`, or time is up. */
  retry<T>(isRetryable: (error: ClientError) => boolean, attempt: () => Promise<T>): Promise<T>
}

export interface RetryOptions {
  /** No attempt starts after this time, in milliseconds of `now`. */
  until: number
  now: () => number
  /** 0 ≤ random() < 1 */
  random: () => number
  sleep: Sleep
  /** Aborts when the other family has reached the server: looking for a route is pointless from then on. */
  reachedByOther: AbortSignal
  onWait: (error: ClientError, delayMs: number) => void
}

export function retryPolicy({
  until,
  now,
  random,
  sleep,
  reachedByOther,
  onWait,
}: RetryOptions): RetryPolicy {
  let failures = 0
  return {
    async retry(isRetryable, attempt) {
      for (;;) {
        try {
          return await attempt()
        } catch (error) {
          if (!(error instanceof ClientError) || !isRetryable(error)) throw error
          const hasNoRoute = error.reaction.reached !== 'server'
          const delayMs = Math.max(backOffMs(failures++, random), error.retryAfterMs)
          if ((hasNoRoute && reachedByOther.aborted) || now() + delayMs > until) throw error
          onWait(error, delayMs)
          await sleep(delayMs, hasNoRoute ? reachedByOther : undefined)
          if (hasNoRoute && reachedByOther.aborted) throw error
        }
      }
    },
  }
}

/**
 * 1, 2, 4 … 60 seconds, each shortened at random by up to a half: after an outage of the server, its devices do
 * not all come back in the same second.
 */
export function backOffMs(failures: number, random: () => number): number {
  const wholeMs = Math.min(1_000 * 2 ** failures, 60_000)
  return Math.round(wholeMs * (0.5 + random() / 2))
}
