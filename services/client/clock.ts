import { durationText } from '@ipupdater/runtime'

/**
 * A device clock that is this far off misleads its owner, though not the exchange: freshness is by the
 * server's clock.
 */
export const CLOCK_TOLERANCE_MS = 60_000

/** What to say of the clock, or null where it is right enough. */
export function clockWarning(skewMs: number): string | null {
  if (Math.abs(skewMs) <= CLOCK_TOLERANCE_MS) return null
  const direction = skewMs > 0 ? 'ahead of' : 'behind'
  return `The clock of this device is ${durationText(Math.abs(skewMs))} ${direction} the server's. Reports work all the same; set it by NTP`
}
