/** "2026-11-22 18:30" in the zone. */
export function timeText(ms: number, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
}

/** "3 minutes": in the largest unit of which there is at least one, rounded down. */
export function durationText(ms: number): string {
  for (const [unit, unitMs] of units) {
    const count = Math.floor(ms / unitMs)
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`
  }
  return 'less than a second'
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const
