import { ProtocolError } from '@ipupdater/protocol'
import type { CommitOutcome, Committed } from '@ipupdater/storage'

/** @throws ProtocolError `timestamp-ahead`, or `stale` where it is more than `windowMs` old */
export function assertFresh(timestamp: number, now: number, windowMs: number): void {
  if (timestamp > now) {
    throw new ProtocolError(
      'timestamp-ahead',
      `the timestamp is ${inWords(timestamp - now)} ahead of the server's clock`,
    )
  }
  if (now - timestamp > windowMs) {
    throw new ProtocolError(
      'stale',
      `the timestamp is ${inWords(now - timestamp)} old, and ${inWords(windowMs)} are allowed`,
    )
  }
}

/**
 * The receipt, if the update was newer than the last accepted one.
 *
 * @throws ProtocolError `not-newer`, or `clock-behind` where no update can be newer until the server's clock has
 * caught up with the last one
 */
export function assertNewer(outcome: CommitOutcome, now: number): Committed {
  if (!('refused' in outcome)) return outcome
  if (outcome.refused === 'wrong-kind') {
    throw new ProtocolError(
      'not-authenticated',
      'the device has reported with another kind of evidence before',
    )
  }
  const behindMs = outcome.last - now
  if (behindMs <= 0) {
    throw new ProtocolError('not-newer', `an update with the timestamp ${outcome.last} is already accepted`)
  }
  throw new ProtocolError(
    'clock-behind',
    `the server's clock must first go forward by ${inWords(behindMs)}`,
    {
      extra: { behindMs, retryAfter: Math.ceil(behindMs / 1000) },
    },
  )
}

function inWords(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : `${Math.floor(ms / 1000)} s`
}
