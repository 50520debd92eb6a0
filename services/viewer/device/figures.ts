import type { Activity, Span } from './activity.ts'
import { changes, coveredMs, knownSpans, silentSpans } from './activity.ts'

export interface Figures {
  /** Part of the known time without outages, 0–1. Null if the device promises no reports or nothing is known. */
  readonly reported: number | null
  readonly outages: number
  readonly longestOutageMs: number
  readonly changes: number
  /** Of the addresses that were replaced. Null if there is none. */
  readonly medianTenureMs: number | null
  /** What the figures count began then, because there is too much. Null: with `within`. */
  readonly since: number | null
}

/** Sums up `within`, which ends at the present. */
export function figures(activity: Activity, within: Span): Figures {
  const known = coveredMs(knownSpans(activity, within.to), within)
  const silent = silentSpans(activity, within.to)
  const overlapping = silent.filter(({ to }) => to > within.from)
  const lengths = activity.tenures
    .filter(({ open, lastSeen }) => !open && lastSeen >= within.from)
    .map(({ firstSeen, lastSeen }) => lastSeen - firstSeen)
  return {
    reported: activity.hasSchedule && known > 0 ? 1 - coveredMs(silent, within) / known : null,
    outages: overlapping.length,
    longestOutageMs: Math.max(0, ...overlapping.map(({ from, to }) => to - from)),
    changes: changes(activity).filter(({ firstSeen }) => firstSeen >= within.from).length,
    medianTenureMs: median(lengths),
    since: activity.since,
  }
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2
}
