import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import type { ShownEvidence } from './evidence.ts'

/* What a reader returns. Times are milliseconds since the epoch, UTC. */

/** The address that a device holds now in one family. */
export interface CurrentAddress extends ShownEvidence {
  readonly device: DeviceName
  readonly family: Family
  readonly address: Address
  readonly firstSeen: number
  readonly lastSeen: number
  /** Accepted reports in this tenure, the first one included. */
  readonly confirmations: number
  /** Seconds between reports as the device last promised; null: none promised, so the device is never late. */
  readonly interval: number | null
  /** The device's last report in any family: a device is late, not a family. */
  readonly reportedAt: number
  /** reportedAt + interval */
  readonly dueAt: number | null
  /** The device is late after this time: dueAt and a grace period. */
  readonly lateAfter: number | null
  /** How often this family returned to its previous address (A, B, A) within an hour, since the first report. */
  readonly flips: number
  /** When that happened last. */
  readonly flippedAt: number | null
}

export interface TenureEntry extends ShownEvidence {
  readonly kind: 'tenure'
  readonly device: DeviceName
  readonly family: Family
  readonly address: Address
  readonly firstSeen: number
  readonly lastSeen: number
  readonly confirmations: number
  /** The device's current address in this family. */
  readonly open: boolean
}

export interface OutageEntry {
  readonly kind: 'outage'
  readonly device: DeviceName
  /** When the report that did not come was due. */
  readonly from: number
  /** When the device reported again; null: the outage is in progress. */
  readonly to: number | null
}

export type HistoryEntry = TenureEntry | OutageEntry

/** A device at a moment in the past. */
export interface StateAt {
  /** In effect then, at most one of each family, 4 first. */
  readonly tenures: TenureEntry[]
  /** The outage that the moment lies in. */
  readonly outage: OutageEntry | null
}

/** A device without its addresses. */
export interface DeviceSummary {
  readonly device: DeviceName
  /** Its last report in any family. */
  readonly lastSeen: number
  readonly interval: number | null
  /** lastSeen + interval */
  readonly dueAt: number | null
  /** The device is late after this time. */
  readonly lateAfter: number | null
  /** The device's clock minus the server's, coarse: written only when it has changed by seconds. */
  readonly skewMs: number
  /** Registry id (time of adding) of the secret that signed the last report. */
  readonly secretAdded: number
}
