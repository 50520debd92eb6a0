/** The least grace period: jitter is not silence. */
const MIN_GRACE_MS = 60_000

/** When the next report is due: `lastSeen` + `interval` (s). Null if the device promised none. */
export function dueAt(lastSeen: number, intervalSeconds: number | null): number | null {
  return intervalSeconds === null ? null : lastSeen + intervalSeconds * 1000
}

/** The last moment at which a report is in time: due, and a grace of half an interval. Afterwards the device is late. */
export function lateAfter(lastSeen: number, intervalSeconds: number | null): number | null {
  if (intervalSeconds === null) return null
  return lastSeen + intervalSeconds * 1000 + Math.max(MIN_GRACE_MS, intervalSeconds * 500)
}

export function isLate(lastSeen: number, intervalSeconds: number | null, now: number): boolean {
  const limit = lateAfter(lastSeen, intervalSeconds)
  return limit !== null && now > limit
}
