import type { DeviceName, ProvenUpdate, Secret } from '@ipupdater/protocol'
import { ProtocolError, parseProof, verifyProof } from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import type { AddressEntry } from './viewer.ts'

/**
 * What the device itself has signed of an entry that the viewer shows. Throws `proof-invalid` unless the signature
 * is of this device and says the same as the entry.
 */
export function verifyEntry(entry: AddressEntry, device: DeviceName, secret: Secret): ProvenUpdate {
  const proven = verified(entry.proof, secret)
  if (proven.device !== device) throw invalid(`the proof is of ${proven.device}, not of ${device}`)
  if (proven.address !== entry.address)
    throw invalid(`the proof says ${proven.address}, the viewer says ${entry.address}`)
  if (proven.timestamp !== entry.lastSeen) throw invalid('the viewer shows another time than the proof')
  return proven
}

function verified(proof: unknown, secret: Secret): ProvenUpdate {
  try {
    return verifyProof(parseProof(JSON.stringify(proof ?? null)), [secret])
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    throw new ClientError('proof-invalid', { detail: cause.message, cause })
  }
}

function invalid(detail: string): ClientError {
  return new ClientError('proof-invalid', { detail })
}
