import type { Address, DeviceName, Proof } from '@ipupdater/protocol'
import type { AcceptedUpdate } from '@ipupdater/storage'

/** What a device reports, whichever protocol it used. */
export interface Report {
  readonly device: DeviceName
  readonly address: Address
  /** ms since the epoch by the server's clock: when the device asked for its address */
  readonly at: number
  /** s until the next report is due; null if the device promises none */
  readonly interval: number | null
  readonly evidence: Evidence
}

/** Why the server believes that the report comes from the device. */
export interface Evidence {
  readonly kind: 'signed'
  readonly proof: Proof
  /** The registry's id of the secret that signed. */
  readonly secretAdded: number
  /** ms that the device's clock is ahead of the server's; negative if it is behind */
  readonly skewMs: number
}

/** The report in the form that the storage takes. */
export function acceptedUpdate({ device, address, at, interval, evidence }: Report): AcceptedUpdate {
  const { proof, secretAdded, skewMs } = evidence
  return { device, address, timestamp: at, interval, proof, secretAdded, skewMs }
}
