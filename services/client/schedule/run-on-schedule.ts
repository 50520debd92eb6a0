import { MAX_INTERVAL_SECONDS } from '@ipupdater/protocol'
import type { Schedule } from './schedule.ts'
import type { Trigger } from './signal-trigger.ts'
import type { Clocks } from './wait-until.ts'
import { waitUntil } from './wait-until.ts'

/** The limits of one report of the schedule. Times are milliseconds since the epoch. */
export interface Plan {
  /** No attempt starts later: the next report is due. */
  until: number
  /** Seconds until the next report, as announced to the server; null: longer than the protocol allows. */
  intervalSeconds: number | null
  /** When the report after this one must have ended. */
  overdueAt: number
}

export interface ScheduleDeps extends Clocks {
  /** 0 ≤ random() < 1 */
  random: () => number
  report: (plan: Plan, signal: AbortSignal) => Promise<void>
  trigger: Trigger
  stop: AbortSignal
}

/**
 * Reports at once, and then whenever a report is due, the trigger fires, or the clock has jumped, until `stop`
 * aborts. A report ends before the next one starts.
 */
export async function runOnSchedule(schedule: Schedule, deps: ScheduleDeps): Promise<void> {
  const { now, random, report, trigger, stop } = deps
  while (!stop.aborted) {
    const interrupted = AbortSignal.any([stop, trigger.next()])
    await report(planOf(schedule, now()), interrupted)
    const due = schedule.next(now())
    await waitUntil(due + random() * jitterMsOf(due - now()), deps, interrupted)
  }
}

export function planOf(schedule: Schedule, now: number): Plan {
  const next = schedule.next(now)
  const jitterMs = jitterMsOf(next - now)
  return {
    until: Math.min(next, now + LONGEST_MS),
    intervalSeconds: intervalOf(next + jitterMs - now),
    overdueAt: schedule.next(next) + jitterMs + GRACE_MS,
  }
}

function intervalOf(ms: number): number | null {
  const seconds = Math.ceil(ms / 1000)
  // A month of 31 days is longer than the longest interval by its jitter, and by an hour in autumn.
  return seconds <= MAX_INTERVAL_SECONDS + 2 * 3600 ? Math.min(seconds, MAX_INTERVAL_SECONDS) : null
}

/**
 * How much later than due a report may start, so that a thousand devices with the same schedule do not report in
 * the same second: a tenth of the time until the next one, at most half a minute.
 */
export function jitterMsOf(periodMs: number): number {
  return Math.min(periodMs / 10, 30_000)
}

// For the timeouts of the last attempt.
const GRACE_MS = 60_000

// Timers of Node.js end at 24 days.
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000
