/** `2026-11-22 14:03`, in the time zone of the process. */
export function timeText(ms: number): string {
  // Swedish writes dates as ISO 8601 does.
  return new Date(ms).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' })
}
