import type { Address, Receipt } from '@ipupdater/protocol'
import type { Report, Store } from '@ipupdater/storage'
import type { Source } from '../source/client-address.ts'
import type { RateLimits } from '../source/rate-limits.ts'
import { limitKey } from '../source/rate-limits.ts'
import {
  assertFresh,
  assertKnown,
  assertNewer,
  assertOwnAddress,
  assertPublic,
  assertUsable,
} from './check-report.ts'
import type { Events } from './events.ts'

export interface RecordReportDeps {
  readonly now: () => number
  readonly isMasked: (address: Address) => boolean
  readonly allowPrivateAddresses: boolean
  /** The oldest a report may be, in ms. */
  readonly windowMs: number
  /** How far ahead of this receiver's clock a report may be, in ms; 0 if there is one receiver. */
  readonly clockToleranceMs: number
  readonly limits: Pick<RateLimits, 'assertSignedLeft' | 'consumeSigned'>
  readonly store: Pick<Store, 'commit'>
  readonly events: Pick<Events, 'accepted'>
}

/**
 * Applies the rules that every protocol shares and commits. When this resolves, the report is on disk.
 * The caller has authenticated the device.
 *
 * @throws ProtocolError with the code of the first rule that the report breaks
 * @throws StorageError
 */
export async function recordReport(report: Report, source: Source, deps: RecordReportDeps): Promise<Receipt> {
  const own = assertKnown(source, deps.isMasked)
  if (isGiven(report)) assertUsable(report.address)
  else assertOwnAddress(report.address, own)
  if (!deps.allowPrivateAddresses) assertPublic(report.address)
  assertFresh(report.at, deps.now(), deps)
  const prefix = limitKey(source)
  deps.limits.assertSignedLeft(report.device, prefix)
  const outcome = await deps.store.commit(report)
  // The clock is read again: a later report may have been committed while this one waited.
  const receipt = assertNewer(outcome, deps.now())
  // A repeated report is not counted and not logged: the newest message is public, so anyone can repeat it.
  if (!receipt.repeated) {
    deps.limits.consumeSigned(report.device, prefix)
    deps.events.accepted(report.device, receipt)
  }
  return receipt
}

/** The connection does not show a given address, so it is not compared. The viewer marks it as given. */
function isGiven({ evidence }: Report): boolean {
  return evidence.kind === 'password' && evidence.given
}
