import type { Address, Family } from './address.ts'
import { familyOf } from './address.ts'
import { parseUpdate } from './bodies.ts'
import type { DeviceName } from './device-name.ts'
import { ProtocolError } from './protocol-error.ts'
import { parseSignedRequest, verifySignature } from './request.ts'
import type { Secret } from './secret.ts'

/** A signed update as it came. Whoever has the secret can check it again, and need trust nobody between. */
export interface Proof {
  contentDigest: string
  signatureInput: string
  signature: string
  body: string
}

/** JSON text, as it is stored and handed out. */
export function encodeProof({ contentDigest, signatureInput, signature, body }: Proof): string {
  return JSON.stringify({ contentDigest, signatureInput, signature, body })
}

/** Throws `malformed`. */
export function parseProof(text: string): Proof {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ProtocolError('malformed', 'the proof is not JSON', { cause })
  }
  const { contentDigest, signatureInput, signature, body } = { ...(value as Partial<Proof> | null) }
  for (const [name, member] of Object.entries({ contentDigest, signatureInput, signature, body })) {
    if (typeof member !== 'string')
      throw new ProtocolError('malformed', `the proof lacks the string "${name}"`)
  }
  return { contentDigest, signatureInput, signature, body } as Proof
}

/** What a device has said under its signature. Throws `malformed`, `digest-mismatch` or `not-authenticated`. */
export function verifyProof(proof: Proof, secrets: readonly Secret[]): ProvenUpdate {
  const headers = {
    'content-digest': proof.contentDigest,
    'signature-input': proof.signatureInput,
    signature: proof.signature,
  }
  const body = Buffer.from(proof.body)
  const request = parseSignedRequest({ method: 'POST', headers, body }, 'ipupdater-update')
  verifySignature(request, secrets)
  const update = parseUpdate(proof.body)
  return { device: request.device, family: familyOf(update.address), ...update }
}

export interface ProvenUpdate {
  device: DeviceName
  address: Address
  family: Family
  /** Milliseconds since the epoch by the server's clock, when the device asked for its address. */
  timestamp: number
  /** Seconds until the next update is due. */
  interval?: number
}
