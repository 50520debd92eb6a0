/** A, B, A within this time is two senders (or two uplinks) taking turns, not a new lease. */
export const CONTESTED_MS = 3_600_000

export function isContested(flippedAt: number | null, now: number): boolean {
  return flippedAt !== null && now - flippedAt < CONTESTED_MS
}
