import { durationText } from '@ipupdater/runtime'

/**
 * A larger difference misleads people who compare times on this device with those on the server. The exchange is
 * not affected: it uses the server's clock alone.
 */
export const CLOCK_TOLERANCE_MS = 60_000

/** The warning about a wrong clock, without its full stop; null if the clock is good enough. */
export function clockWarning(skewMs: number): string | null {
  if (Math.abs(skewMs) <= CLOCK_TOLERANCE_MS) return null
  const direction = skewMs > 0 ? 'ahead of' : 'behind'
  return `The clock of this device is ${durationText(Math.abs(skewMs))} ${direction} the server's. Reports work nevertheless; set it by NTP`
}
