/** Wall-clock time in one time zone: how the viewer writes times, and how it reads those without an offset. */
export interface ZonedTime {
  readonly timeZone: string
  /** `2026-11-22T14:03:20+01:00`: one word, so that it is one column of a text line. */
  iso(instant: number): string
  /** `22 Nov 2026, 14:03` */
  minute(instant: number): string
  /** `22 Nov 2026, 14:03:20` */
  second(instant: number): string
  /** `14:03` */
  clock(instant: number): string
  /** `22 Nov`, with the year unless it is the year of `now`. */
  day(instant: number, now: number): string
  /** The instant at which the zone's clocks show this time (given as if it were UTC). */
  instantOf(wallClock: number): number
  /** The last `count` days of the zone, today included, oldest first. A day has 23 to 25 hours. */
  lastDays(count: number, now: number): { from: number; to: number }[]
}

const minuteMs = 60_000
const dayMs = 86_400_000

export function zonedTime(timeZone: string): ZonedTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    // h23: "24:00:00" would be the other way to write midnight.
    hourCycle: 'h23',
    calendar: 'iso8601',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })

  function wallClockOf(instant: number): number {
    const parts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 }
    for (const { type, value } of format.formatToParts(instant)) {
      if (type in parts) parts[type as keyof typeof parts] = Number(value)
    }
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
  }

  // Asking Intl takes microseconds, and a page holds hundreds of times, many of them in the same few hours.
  // Since 1972 zones change their offset only at a full quarter of an hour, so one answer serves a quarter.
  const offsets = new Map<number, number>()
  function offsetAt(instant: number): number {
    const quarter = Math.floor(instant / (15 * minuteMs)) * 15 * minuteMs
    let offset = offsets.get(quarter)
    if (offset === undefined) {
      offset = wallClockOf(quarter) - quarter
      if (offsets.size >= 10_000) offsets.clear()
      offsets.set(quarter, offset)
    }
    return offset
  }

  const local = (instant: number) => new Date(instant + offsetAt(instant))

  function instantOf(wallClock: number): number {
    // The guess may have the offset of the other side of a clock change. Asking again settles it.
    const guess = wallClock - offsetAt(wallClock)
    return wallClock - offsetAt(guess)
  }

  return {
    timeZone,
    iso: instant => local(instant).toISOString().slice(0, 19) + offsetText(offsetAt(instant)),
    minute: instant => `${dayText(local(instant))}, ${timeText(local(instant)).slice(0, 5)}`,
    second: instant => `${dayText(local(instant))}, ${timeText(local(instant))}`,
    clock: instant => timeText(local(instant)).slice(0, 5),
    day(instant, now) {
      const text = dayText(local(instant))
      return text.endsWith(yearText(local(now))) ? text.slice(0, -5) : text
    },
    instantOf,
    lastDays(count, now) {
      const today = Math.floor((now + offsetAt(now)) / dayMs)
      const days = Array.from({ length: count }, (_, i) => today - count + 1 + i)
      return days.map(day => ({ from: instantOf(day * dayMs), to: instantOf((day + 1) * dayMs) }))
    },
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dayText(local: Date): string {
  return `${local.getUTCDate()} ${months[local.getUTCMonth()]} ${yearText(local)}`
}

function yearText(local: Date): string {
  return String(local.getUTCFullYear())
}

function timeText(local: Date): string {
  return local.toISOString().slice(11, 19)
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / minuteMs
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
