import type { DeviceName, Family } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { CommitOutcome } from '../contract.ts'
import type { DeviceState, EncodedReport, OpenTenure, Outage } from '../decide.ts'
import { decide } from '../decide.ts'

/** A device within one transaction: as it was read, as it will be written, and the rows to append. */
export class BatchDevice {
  readonly name: DeviceName
  /** The backend's key. Null: the device is new and has no key yet. */
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

  apply(report: EncodedReport, floor: number): CommitOutcome {
    const { outcome, state, closed, outage } = decide(this.after, report, floor)
    if (state !== null) this.after = state
    if (closed !== null) this.closed.push({ family: familyOf(closed.address), tenure: closed })
    if (outage !== null) this.outages.push(outage)
    return outcome
  }
}
