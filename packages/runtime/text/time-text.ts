/** `2026-11-22T14:03:20+01:00` (RFC 3339), in the time zone of the process: every time in a text for people. */
export function timeText(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset()
  return new Date(ms + offset * 60_000).toISOString().slice(0, 19) + offsetText(offset)
}

function offsetText(minutes: number): string {
  const two = (count: number) => String(Math.floor(count)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}
