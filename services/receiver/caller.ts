import type { DeviceName, Secret, SignedRequest } from '@ipupdater/protocol'
import { verifySignature } from '@ipupdater/protocol'
import type { Source } from './source-address.ts'

/** Who asks, proven by its signature, and where from. */
export interface Caller {
  readonly request: SignedRequest
  /** The one that signed, and so the one that signs the answer. */
  readonly secret: Secret
  /** When that secret came into the registry: its id there. */
  readonly secretAdded: number
  /** Signed by the newest of two secrets: the device has got it, and needs the older no more. */
  readonly endsRotation: boolean
  readonly source: Source
}

/** The secrets that count for a device, newest first; none for a device that is not known. */
export type SecretsOf = (device: DeviceName) => readonly AcceptedSecret[]

export interface AcceptedSecret {
  readonly secret: Secret
  readonly added: number
}

/** @throws ProtocolError `not-authenticated`, for an unknown device in the same words after the same work */
export function authenticate(request: SignedRequest, source: Source, secretsOf: SecretsOf): Caller {
  const accepted = secretsOf(request.device)
  const index = verifySignature(
    request,
    accepted.map(({ secret }) => secret),
  )
  const { secret, added } = accepted[index] as AcceptedSecret
  const endsRotation = index === 0 && accepted.length > 1
  return { request, secret, secretAdded: added, endsRotation, source }
}
