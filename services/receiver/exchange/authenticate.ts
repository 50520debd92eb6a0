import type { DeviceName, Secret, SignedRequest } from '@ipupdater/protocol'
import { verifySignature } from '@ipupdater/protocol'

/** A device that has proved by its signature that the request is its own. */
export interface AuthenticatedDevice {
  readonly request: SignedRequest
  /** The secret that signed the request. It signs the answer too. */
  readonly secret: Secret
  /** The registry's id of that secret. */
  readonly secretAdded: number
  /** The newest of two secrets signed: the device has it, so the older one is no longer needed. */
  readonly endsRotation: boolean
}

/** The secrets accepted from a device, newest first; empty for an unknown device. */
export type SecretsOf = (device: DeviceName) => readonly AcceptedSecret[]

export interface AcceptedSecret {
  readonly secret: Secret
  readonly added: number
}

/**
 * @throws ProtocolError `not-authenticated`. An unknown device gets the same words after the same work, so that
 * nobody learns which names exist.
 */
export function authenticate(request: SignedRequest, secretsOf: SecretsOf): AuthenticatedDevice {
  const accepted = secretsOf(request.device)
  const index = verifySignature(
    request,
    accepted.map(({ secret }) => secret),
  )
  const { secret, added } = accepted[index] as AcceptedSecret
  return { request, secret, secretAdded: added, endsRotation: index === 0 && accepted.length > 1 }
}
