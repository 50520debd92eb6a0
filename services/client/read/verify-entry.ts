import type { Address, DeviceName, Family, Secret } from '@ipupdater/protocol'
import { ProtocolError, parseProof, verifyProof } from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import type { AddressEntry } from './viewer.ts'

/** An address that is accepted. */
export interface AcceptedAddress {
  device: DeviceName
  family: Family
  address: Address
  /** When it was reported, in milliseconds since the epoch. */
  timestamp: number
  /** Seconds until the next report. */
  interval?: number | undefined
  /** False only if unsigned addresses are allowed. */
  isSigned: boolean
}

export interface VerifyOptions {
  device: DeviceName
  /** The proof must be signed with one of them. */
  secrets: readonly Secret[]
  /** Accept an entry without a proof as the viewer shows it. */
  allowUnsigned?: boolean
}

/**
 * What the device itself has signed of an entry that the viewer shows. Throws `address-unsigned` if there is no
 * proof, and `proof-invalid` unless the proof is of this device and says the same as the entry.
 */
export function verifyEntry(
  entry: AddressEntry,
  { device, secrets, allowUnsigned = false }: VerifyOptions,
): AcceptedAddress {
  if (!entry.isSigned) {
    if (!allowUnsigned) throw new ClientError('address-unsigned', { detail: entry.address })
    const { family, address, lastSeen } = entry
    return { device, family, address, timestamp: lastSeen, isSigned: false }
  }
  const proven = verified(entry.proof, secrets)
  if (proven.device !== device) throw invalid(`the proof is of ${proven.device}, not of ${device}`)
  if (proven.address !== entry.address)
    throw invalid(`the proof says ${proven.address}, the viewer says ${entry.address}`)
  if (proven.timestamp !== entry.lastSeen) throw invalid('the viewer shows another time than the proof')
  return { ...proven, isSigned: true }
}

function verified(proof: unknown, secrets: readonly Secret[]) {
  try {
    return verifyProof(parseProof(JSON.stringify(proof)), secrets)
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    throw new ClientError('proof-invalid', { detail: cause.message, cause })
  }
}

function invalid(detail: string): ClientError {
  return new ClientError('proof-invalid', { detail })
}
