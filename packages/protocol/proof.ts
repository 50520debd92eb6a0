import type { Address, Family } from './address.ts'
import { familyOf } from './address.ts'
import { parseUpdate } from './bodies.ts'
import type { DeviceName, Secret } from './device.ts'
import { ProtocolError } from './error.ts'
import type { SignedMessage } from './request.ts'
import { parseSignedRequest, verifySignature } from './request.ts'

/** A signed update as it came. Anyone with the secret can verify it again, without trusting who stored it. */
export type Proof = SignedMessage

/** JSON text, as it is stored and served. */
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
    if (typeof member !== 'string') {
      throw new ProtocolError('malformed', `the proof has no string "${name}"`)
    }
  }
  return { contentDigest, signatureInput, signature, body } as Proof
}

/** What a device said under its signature. Throws `malformed`, `digest-mismatch` or `not-authenticated`. */
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
