import type { Address, SpecialPurpose } from '@ipupdater/protocol'
import { ProtocolError, specialPurpose } from '@ipupdater/protocol'
import type { CommitOutcome, Committed } from '@ipupdater/storage'
import type { HeaderName, Source } from '../source/client-address.ts'

/** @throws ProtocolError `source-unclear` or `source-masked` if the true address of the client is not known */
export function assertKnown(source: Source, isMasked: (address: Address) => boolean): Address {
  if ('unclear' in source) throw new ProtocolError('source-unclear', source.unclear)
  if (isMasked(source.address)) {
    throw new ProtocolError('source-masked', maskedDetail(source.address, source.ignored))
  }
  return source.address
}

/** @throws ProtocolError `address-mismatch` */
export function assertOwnAddress(address: Address, source: Address): void {
  if (address !== source) {
    throw new ProtocolError('address-mismatch', `the update names ${address} and comes from ${source}`)
  }
}

/** @throws ProtocolError `address-not-public` */
export function assertPublic(address: Address): void {
  const purpose = specialPurpose(address)
  if (purpose !== null) throw notPublic(address, purpose)
}

/**
 * Refuses an address that no machine can have as its own towards others. ALLOW_PRIVATE_ADDRESSES does not change this.
 *
 * @throws ProtocolError `address-not-public`
 */
export function assertUsable(address: Address): void {
  const purpose = specialPurpose(address)
  if (purpose !== null && UNUSABLE_BLOCKS.has(purpose.block)) throw notPublic(address, purpose)
}

/** Unspecified, loopback, link-local, multicast, broadcast, discard-only and reserved addresses. */
const UNUSABLE_BLOCKS: ReadonlySet<string> = new Set([
  '0.0.0.0/8',
  '0.0.0.0/32',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  '::1/128',
  '100::/64',
  'fe80::/10',
  'ff00::/8',
  '::/3',
  '4000::/2',
  '8000::/1',
])

function notPublic(address: Address, { block, name, rfc }: SpecialPurpose): ProtocolError {
  return new ProtocolError('address-not-public', `${address} lies in ${block}: ${name} (${rfc})`)
}

/**
 * @param allowed `windowMs`: how old the timestamp may be; `clockToleranceMs`: how far ahead of `now`, because another
 * receiver with a clock of its own may have given it
 * @throws ProtocolError `timestamp-ahead` or `stale`
 */
export function assertFresh(
  timestamp: number,
  now: number,
  { windowMs, clockToleranceMs }: { readonly windowMs: number; readonly clockToleranceMs: number },
): void {
  if (timestamp - now > clockToleranceMs) {
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
 * The receipt, if the report was newer than the last accepted one.
 *
 * @throws ProtocolError `not-newer`, or `clock-behind` if no report can be newer before the server's clock has
 * reached the time of the last one
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

function maskedDetail(address: Address, ignored: HeaderName | undefined): string {
  const seen = `the server sees ${address}, an address of Docker's own network`
  return ignored === undefined ? seen : `${seen}; a proxy's ${ignored} was ignored: set TRUSTED_PROXIES`
}

function inWords(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : `${Math.floor(ms / 1000)} s`
}
