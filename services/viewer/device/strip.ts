import type { Activity, Span } from './activity.ts'
import { changes, coveredMs, knownSpans, silentSpans } from './activity.ts'

export type DayState = 'reported' | 'partly' | 'silent' | 'unknown'

/** One cell of the strip. */
export interface Day extends Span {
  readonly state: DayState
  /** Addresses that began on this day in place of another one. */
  readonly changes: number
}

/** What is known of each day. @param days without gaps, oldest first */
export function strip(activity: Activity, days: readonly Span[], now: number): Day[] {
  const known = knownSpans(activity, now)
  const silent = silentSpans(activity, now)
  const changed = changes(activity)
  return days.map(day => ({
    ...day,
    state: stateOf(day, known, silent),
    changes: changed.filter(({ firstSeen }) => firstSeen >= day.from && firstSeen < day.to).length,
  }))
}

function stateOf(day: Span, known: readonly Span[], silent: readonly Span[]): DayState {
  // A single report has no length and still makes its day known.
  if (!known.some(({ from, to }) => from < day.to && to >= day.from)) return 'unknown'
  const silentMs = coveredMs(silent, day)
  if (silentMs === 0) return 'reported'
  return silentMs < coveredMs(known, day) ? 'partly' : 'silent'
}
