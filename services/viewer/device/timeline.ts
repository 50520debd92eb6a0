import type { Family } from '@ipupdater/protocol'
import type { Activity, Span, Tenure } from './activity.ts'
import { silentSpans } from './activity.ts'

/** What a person can still see and point at: the part of the whole width that a bar has at least. */
const MIN_PART = 1 / 200

/** One tenure, or several neighbours that are too short to be drawn one by one. Positions are parts of the width, 0–1. */
export interface Bar {
  readonly x: number
  readonly width: number
  readonly tenures: readonly [Tenure, ...Tenure[]]
}

export interface Gap extends Span {
  /** A report has come since. */
  readonly isOver: boolean
  readonly x: number
  readonly width: number
}

export interface FamilyTimeline {
  readonly family: Family
  readonly bars: readonly Bar[]
}

export interface Timeline {
  readonly families: readonly FamilyTimeline[]
  /** The outages, which are drawn over the bars. */
  readonly gaps: readonly Gap[]
}

/** The tenures and outages of `within`, placed on a line from 0 to 1. */
export function timeline(activity: Activity, within: Span): Timeline {
  const families = ([4, 6] as const).map(family => {
    const tenures = activity.tenures.filter(tenure => tenure.family === family)
    return { family, bars: bars(tenures, activity.hasSchedule, within) }
  })
  const gaps = silentSpans(activity, within.to)
    .filter(({ to }) => to > within.from)
    .map(span => ({ ...span, isOver: span.to < within.to, ...place(span, within) }))
  return { families: families.filter(({ bars }) => bars.length > 0), gaps }
}

function bars(tenures: readonly Tenure[], hasSchedule: boolean, within: Span): Bar[] {
  const drawn: Bar[] = []
  for (const tenure of tenures) {
    if (tenure.lastSeen < within.from && !tenure.open) continue
    const { x, width } = place(spanOf(tenure, hasSchedule, within), within)
    const last = drawn.at(-1)
    if (last !== undefined && width < MIN_PART && x < last.x + MIN_PART && last.width <= MIN_PART) {
      drawn[drawn.length - 1] = { ...last, tenures: [...last.tenures, tenure] }
    } else {
      drawn.push({ ...widened(x, x + width, last), tenures: [tenure] })
    }
  }
  return drawn
}

/** An address that is held with a schedule is held until now; outages are drawn over it. */
function spanOf({ firstSeen, lastSeen, open }: Tenure, hasSchedule: boolean, within: Span): Span {
  return { from: firstSeen, to: open && hasSchedule ? within.to : lastSeen }
}

function place({ from, to }: Span, within: Span): { x: number; width: number } {
  const length = within.to - within.from
  const x = Math.min(1, Math.max(0, (from - within.from) / length))
  return { x, width: Math.min(1, Math.max(x, (to - within.from) / length)) - x }
}

/** At least as wide as can be seen, right of the bar before, and within the line. */
function widened(from: number, to: number, last: Bar | undefined): { x: number; width: number } {
  const x = Math.min(Math.max(from, last === undefined ? 0 : last.x + last.width), 1 - MIN_PART)
  return { x, width: Math.max(MIN_PART, to - x) }
}
