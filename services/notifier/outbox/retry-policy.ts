const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The wait after the first failure, the second, and so on; the last one is repeated. */
const DELAYS = [5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR] as const
/** How long a message is tried, counted from its first try. */
const GIVE_UP_AFTER_MS = 72 * HOUR

export interface Failure {
  /** Tries that have failed, this one included. */
  readonly tries: number
  readonly firstTriedAt: number
  readonly now: number
  /** What the other side asked for. */
  readonly retryAfterMs?: number
}

/** When to try again (ms since the epoch); null: never. 0 ≤ random() < 1 adds up to a fifth. */
export function nextTry(failure: Failure, random: () => number): number | null {
  const { tries, firstTriedAt, now, retryAfterMs = 0 } = failure
  if (now - firstTriedAt >= GIVE_UP_AFTER_MS) return null
  const delayMs = DELAYS[Math.min(tries, DELAYS.length) - 1] ?? DELAYS[0]
  const waitMs = Math.max(delayMs * (1 + random() / 5), retryAfterMs)
  // The last try is at the end of the time, also if the other side asked for more.
  return Math.round(Math.min(now + waitMs, Math.max(firstTriedAt + GIVE_UP_AFTER_MS, now + delayMs)))
}
