import type { HistoryEntry, OutageEntry, TenureEntry } from '@ipupdater/storage'

export type Tenure = Pick<TenureEntry, 'family' | 'address' | 'firstSeen' | 'lastSeen' | 'open'>
export type Outage = Pick<OutageEntry, 'from' | 'to'>

/** Everything about a device that overlaps some period, oldest beginning first. */
export interface Activity {
  readonly tenures: readonly Tenure[]
  readonly outages: readonly Outage[]
  /** The device promises reports. Without a promise, time without reports says nothing. */
  readonly hasSchedule: boolean
  /** There is so much that only the part since then was read. Null: all of it was. */
  readonly since: number | null
}

/** A stretch of time in milliseconds; `to` is not included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** @param entries newest beginning first, as a reader returns them. @param isAll there are no older ones */
export function activityOf(entries: readonly HistoryEntry[], hasSchedule: boolean, isAll: boolean): Activity {
  const oldest = entries.at(-1)
  const began = oldest?.kind === 'outage' ? oldest.from : oldest?.firstSeen
  const oldestFirst = entries.toReversed()
  return {
    tenures: oldestFirst.filter(entry => entry.kind === 'tenure'),
    outages: oldestFirst.filter(entry => entry.kind === 'outage'),
    hasSchedule,
    since: isAll ? null : (began ?? null),
  }
}

/** The time of which something is known: since the first report, or, without a schedule, while addresses were confirmed. */
export function knownSpans({ tenures, hasSchedule }: Activity, now: number): Span[] {
  const [first] = tenures
  if (first === undefined) return []
  if (hasSchedule) return [{ from: first.firstSeen, to: now }]
  return union(tenures.map(({ firstSeen, lastSeen }) => ({ from: firstSeen, to: lastSeen })))
}

/** The time in which reports were due and did not come. */
export function silentSpans({ outages }: Activity, now: number): Span[] {
  return outages.map(({ from, to }) => ({ from, to: to ?? now }))
}

/** The tenures that began with a change: those of a family that had another address before. */
export function changes({ tenures }: Activity): Tenure[] {
  const seen = new Set<number>()
  return tenures.filter(({ family }) => seen.has(family) || !seen.add(family))
}

/** How much of `within` the spans cover, in milliseconds. They must not overlap each other. */
export function coveredMs(spans: readonly Span[], within: Span): number {
  let covered = 0
  for (const { from, to } of spans) {
    covered += Math.max(0, Math.min(to, within.to) - Math.max(from, within.from))
  }
  return covered
}

/** The same time in spans that do not overlap. @param spans oldest beginning first */
function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last === undefined || span.from > last.to) joined.push(span)
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
  }
  return joined
}
