import type { Address, DeviceName, Proof, Receipt } from '@ipupdater/protocol'

/** An update that passed every check but the last: whether it is newer than the one before. */
export interface AcceptedUpdate {
  readonly device: DeviceName
  readonly address: Address
  /** ms; the server's own clock when the device asked, signed by the device */
  readonly timestamp: number
  /** s until the next report is due; null: none is promised */
  readonly interval: number | null
  readonly proof: Proof
  /** device clock − server clock, ms */
  readonly skewMs: number
  /** registry id of the secret that signed */
  readonly secretAdded: number
}

/** `last`: the newest timestamp that counts, which this update did not exceed. */
export type CommitOutcome = Receipt | { readonly refused: 'not-newer'; readonly last: number }
