/** What the receiver's sign of life says. Times are ms since the epoch. */
export interface Liveness {
  /** The last sign: devices are assessed as of this moment, because no later report could have arrived. */
  readonly touchedAt: number
  /** Since when it has been alive without a gap, as far as is known. No device is late by anything earlier. */
  readonly upSince: number
}

/**
 * Follows the receiver's signs of life, one every 30 s. After a gap all deadlines start again: while the server was
 * down, no device could report. A gap of our own counts too, because what happened in it is not known.
 */
export function nextLiveness(before: Liveness | null, touchedAt: number): Liveness {
  if (before === null) return { touchedAt, upSince: touchedAt }
  const gap = touchedAt - before.touchedAt
  // A negative gap: the clock was set back.
  return { touchedAt, upSince: gap > MAX_GAP_MS || gap < 0 ? touchedAt : before.upSince }
}

/** Three signs in a row are missing. */
const MAX_GAP_MS = 90_000
