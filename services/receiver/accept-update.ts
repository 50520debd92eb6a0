import type { Address, Receipt } from '@ipupdater/protocol'
import { parseUpdate } from '@ipupdater/protocol'
import type { Store } from '@ipupdater/storage'
import type { Caller } from './caller.ts'
import { assertFresh, assertNewer } from './freshness.ts'
import type { Limits } from './limits.ts'
import { assertKnown, assertOwnAddress, assertPublic } from './source-rules.ts'

export interface AcceptUpdateDeps {
  readonly now: () => number
  readonly isMasked: (address: Address) => boolean
  readonly allowPrivateAddresses: boolean
  /** The oldest a timestamp may be. */
  readonly windowMs: number
  readonly limits: Pick<Limits, 'admitUpdate'>
  readonly store: Pick<Store, 'commit'>
}

/** `POST /update`, from a caller whose signature holds. Every step refuses by throwing; the last one is on disk. */
export async function acceptUpdate(caller: Caller, deps: AcceptUpdateDeps): Promise<Receipt> {
  const { request, secretAdded } = caller
  const { address, timestamp, interval = null } = parseUpdate(request.proof.body)

  assertOwnAddress(address, assertKnown(caller.source, deps.isMasked))
  if (!deps.allowPrivateAddresses) assertPublic(address)

  const now = deps.now()
  assertFresh(timestamp, now, deps.windowMs)

  await deps.limits.admitUpdate(request.device)
  const skewMs = request.created * 1000 - now
  const outcome = await deps.store.commit({
    device: request.device,
    address,
    timestamp,
    interval,
    proof: request.proof,
    skewMs,
    secretAdded,
  })
  // The clock is read again: while this update waited for its turn, one with a later timestamp may have gone first.
  return assertNewer(outcome, deps.now())
}
