import type { DeviceName, Family } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { CommitOutcome, DeviceState, EncodedUpdate, OpenTenure, Outage } from './decide.ts'
import { decide } from './decide.ts'

/** A device within one transaction: as it was loaded, as it is to be written, and what is to be appended. */
export class DeviceInBatch {
  readonly name: DeviceName
  /** Null: not in the database yet, and not numbered yet. */
  id: number | null
  readonly before: DeviceState | null
  after: DeviceState | null
  readonly closed: { readonly family: Family; readonly tenure: OpenTenure }[] = []
  readonly outages: Outage[] = []

  constructor(name: DeviceName, id: number | null, before: DeviceState | null) {
    this.name = name
    this.id = id
    this.before = before
    this.after = before
  }

  apply(update: EncodedUpdate, floor: number): CommitOutcome {
    const { outcome, state, closed, outage } = decide(this.after, update, floor)
    if (state !== null) this.after = state
    if (closed !== null) this.closed.push({ family: familyOf(closed.address), tenure: closed })
    if (outage !== null) this.outages.push(outage)
    return outcome
  }
}
