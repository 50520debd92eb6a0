import type { DeviceName, ProvenUpdate, Secret } from '@ipupdater/protocol'
import { ProtocolError, parseProof, verifyProof } from '@ipupdater/protocol'
import { ClientError } from './client-error.ts'
import type { Shown } from './viewer.ts'

/**
 * What the device itself has signed of what the viewer shows. Throws `proof-invalid` unless it is the
 * signature of this device, and says the same as is shown.
 */
export function prove(shown: Shown, device: DeviceName, secret: Secret): ProvenUpdate {
  const proven = verified(shown.proof, secret)
  if (proven.device !== device) throw invalid(`it is the signature of ${proven.device}, not of ${device}`)
  if (proven.address !== shown.address)
    throw invalid(`signed is ${proven.address}, shown is ${shown.address}`)
  if (proven.timestamp !== shown.lastSeen) throw invalid('it is shown with another time than the signed one')
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
