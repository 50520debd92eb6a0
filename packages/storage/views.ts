import type { Address, DeviceName, Family, Proof } from '@ipupdater/protocol'

/** What a device holds now in one family. Times are milliseconds since the epoch, UTC. */
export interface CurrentAddress {
  readonly device: DeviceName
  readonly family: Family
  readonly address: Address
  readonly firstSeen: number
  readonly lastSeen: number
  /** Accepted updates in this tenure, the first one included. */
  readonly confirmations: number
  /** Seconds between reports as the device last promised; null: it promised none, and so is never late. */
  readonly interval: number | null
  /** The device's last report in any family: lateness is a device's, not a family's. */
  readonly reportedAt: number
  /** reportedAt + interval */
  readonly dueAt: number | null
  /** The device is late once the clock is past this: dueAt and a grace. */
  readonly lateAfter: number | null
  /** How often this family came back to the address before (A, B, A) within the hour, ever. */
  readonly flips: number
  readonly flippedAt: number | null
  /** The latest signed update, as it came. */
  readonly proof: Proof
}

export interface TenureEntry {
  readonly kind: 'tenure'
  readonly device: DeviceName
  readonly family: Family
  readonly address: Address
  readonly firstSeen: number
  readonly lastSeen: number
  readonly confirmations: number
  /** The device still holds this address, as far as it has told. */
  readonly open: boolean
  readonly proof: Proof
}

export interface OutageEntry {
  readonly kind: 'outage'
  readonly device: DeviceName
  /** When the report that did not come was due. */
  readonly from: number
  /** When the device reported again; null while it is silent. */
  readonly to: number | null
}

export type HistoryEntry = TenureEntry | OutageEntry

/** One device as its keeper sees it (`ipupdater-admin list`, metrics). */
export interface DeviceSummary {
  readonly device: DeviceName
  /** Its last report in any family. */
  readonly lastSeen: number
  readonly interval: number | null
  /** The device's clock minus the server's, coarse: rewritten only when it has moved by seconds. */
  readonly skewMs: number
  /** Registry id (time of adding) of the secret that signed the last report. */
  readonly secretAdded: number
}
