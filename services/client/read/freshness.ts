import type { Address } from '@ipupdater/protocol'
import { durationText } from '@ipupdater/runtime'
import { ClientError } from '../errors.ts'

export interface Dated {
  address: Address
  /** When the device reported it, in milliseconds since the epoch. */
  timestamp: number
  /** Seconds until the next report, as the device has signed it. */
  interval?: number | undefined
}

/**
 * Throws `too-old` if the report is older than `maxAgeSeconds`, or without that limit than three of its intervals,
 * or than 24 hours if it names no interval. Throws `proof-ahead` if it is more than 5 minutes in the future.
 */
export function assertRecent(
  { address, timestamp, interval }: Dated,
  now: number,
  maxAgeSeconds: number | null,
): void {
  const ageMs = now - timestamp
  if (ageMs < -AHEAD_MS) {
    throw new ClientError('proof-ahead', {
      detail: `${address} was reported ${durationText(-ageMs)} ahead of the clock of this machine`,
    })
  }
  const { limitMs, reason } = limitOf(interval, maxAgeSeconds)
  if (ageMs > limitMs) {
    throw new ClientError('too-old', {
      detail: `${address} was reported ${durationText(ageMs)} ago, the limit is ${reason}`,
    })
  }
}

function limitOf(interval: number | undefined, maxAgeSeconds: number | null) {
  if (maxAgeSeconds !== null) {
    return { limitMs: maxAgeSeconds * 1000, reason: `${durationText(maxAgeSeconds * 1000)} (--max-age)` }
  }
  if (interval === undefined) return { limitMs: DAY_MS, reason: '24 hours because it names no interval' }
  const limitMs = MISSED_REPORTS * interval * 1000
  return { limitMs, reason: `three intervals of ${durationText(interval * 1000)}` }
}

// One lost report says nothing; three in a row do.
const MISSED_REPORTS = 3
const DAY_MS = 24 * 60 * 60 * 1000
const AHEAD_MS = 5 * 60 * 1000
