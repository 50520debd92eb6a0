import { MAX_INTERVAL_SECONDS } from '@ipupdater/protocol'
import type { Schedule } from './schedule.ts'
import type { SignalTrigger } from './signal-trigger.ts'
import type { Clocks } from './wait-until.ts'
import { waitUntil } from './wait-until.ts'

/** What one report of the schedule is to keep to. */
export interface Plan {
  /** Until when it goes on trying: from then on it is the next one's turn. */
  until: number
  /** What the server is told, so that it knows who is late; null: further away than can be said. */
  intervalSeconds: number | null
  /** When the report after this one must have ended. */
  overdueAt: number
}

export interface ScheduleDeps extends Clocks {
  /** 0 ≤ random() < 1 */
  random: () => number
  report: (plan: Plan, signal: AbortSignal) => Promise<void>
  trigger: SignalTrigger
  stop: AbortSignal
}

/**
 * Reports at once, and then whenever it is due, when the trigger rings, and when the clock has jumped, until it is
 * stopped. A report ends before the next one begins.
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
  const intervalSeconds = Math.ceil((next + jitterMs - now) / 1000)
  return {
    until: Math.min(next, now + LONGEST_MS),
    intervalSeconds: intervalSeconds <= MAX_INTERVAL_SECONDS ? intervalSeconds : null,
    overdueAt: schedule.next(next) + jitterMs + GRACE_MS,
  }
}

/**
 * The most that a report comes after its time, so that a thousand devices with the same schedule do not
 * report in the same second: a tenth of the time until the next one, and half a minute at most.
 */
export function jitterMsOf(periodMs: number): number {
  return Math.min(periodMs / 10, 30_000)
}

// For the last try to run into its timeouts.
const GRACE_MS = 60_000

// Timers of Node.js end at 24 days.
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000
