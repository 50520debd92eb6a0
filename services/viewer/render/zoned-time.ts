/** Wall-clock time in one time zone: how the viewer writes instants, and how it reads those without a zone. */
export interface ZonedTime {
  readonly timeZone: string
  /** `2026-11-22T14:03:20+01:00`: one word, so that it is one column of a text line. */
  iso(instant: number): string
  /** `2026-11-22 14:03`, for people. */
  minute(instant: number): string
  /** The instant at which the zone's clocks show this time (given as if it were UTC). */
  instantOf(wallClock: number): number
}

const minuteMs = 60_000

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

  // Asking Intl costs microseconds and a page holds hundreds of times, nearly all in the same few hours.
  // Since 1972 zones change their offset only at whole quarters of an hour: one answer serves such a quarter.
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

  return {
    timeZone,
    iso(instant) {
      const offset = offsetAt(instant)
      return new Date(instant + offset).toISOString().slice(0, 19) + offsetText(offset)
    },
    minute(instant) {
      return new Date(instant + offsetAt(instant)).toISOString().slice(0, 16).replace('T', ' ')
    },
    instantOf(wallClock) {
      // The offset at the guess may be that of the other side of a change of clocks: asking again settles it.
      const guess = wallClock - offsetAt(wallClock)
      return wallClock - offsetAt(guess)
    },
  }
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / minuteMs
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
