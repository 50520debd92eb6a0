import { isUtf8 } from 'node:buffer'
import { checkContentDigest, encodeContentDigest } from './content-digest.ts'
import type { DeviceName } from './device-name.ts'
import type { FieldLines } from './field-lines.ts'
import { requireField } from './field-lines.ts'
import { computeMac, macHolds } from './mac.ts'
import type { Proof } from './proof.ts'
import { ProtocolError, quote } from './protocol-error.ts'
import type { Secret } from './secret.ts'
import { signatureBase } from './signature-base.ts'
import { encodeSignature, parseSignature } from './signature-field.ts'
import { encodeSignatureParams, parseSignatureInput } from './signature-input.ts'

export type Tag = 'ipupdater-ip' | 'ipupdater-update'

/** A request of the right shape. It is its device's only once `verifySignature` has said so. */
export interface SignedRequest {
  device: DeviceName
  tag: Tag
  label: string
  /** Seconds since the epoch by the device's clock. Never a gate; it shows a clock that is wrong. */
  created: number
  nonce: string
  /** In base64. */
  signature: string
  base: string
  proof: Proof
}

export interface RequestSigner {
  device: DeviceName
  secret: Secret
  /** Seconds since the epoch. */
  created: number
  /** 16 random bytes or more, in base64url. */
  nonce: string
}

export function signRequest(
  tag: Tag,
  body: string,
  signer: RequestSigner,
): { request: SignedRequest; headers: Record<string, string>; body: string } {
  const { device, created, nonce } = signer
  const contentDigest = encodeContentDigest(body)
  const signatureParams = encodeSignatureParams(COMPONENTS, { created, nonce, device, tag })
  const base = requestBase(contentDigest, signatureParams)
  const signature = computeMac(base, signer.secret)
  const proof: Proof = {
    contentDigest,
    signatureInput: `${LABEL}=${signatureParams}`,
    signature: encodeSignature(LABEL, signature),
    body,
  }
  return {
    request: { device, tag, label: LABEL, created, nonce, signature, base, proof },
    headers: {
      'content-digest': proof.contentDigest,
      'signature-input': proof.signatureInput,
      signature: proof.signature,
    },
    body,
  }
}

/**
 * Reads the shape of a request and compares the digest with the body. Throws `malformed` or
 * `digest-mismatch`. Whose request it is remains open: see `verifySignature`.
 */
export function parseSignedRequest(
  message: { method: string; headers: FieldLines; body: Buffer },
  tag: Tag,
): SignedRequest {
  if (message.method !== METHOD) {
    throw new ProtocolError('malformed', `the method is ${quote(message.method)}, not ${METHOD}`)
  }
  const signatureInput = requireField(message.headers, 'signature-input')
  const { label, parameters, signatureParams } = parseSignatureInput(signatureInput)
  // RFC 9421 §3.2.1: what must be covered is the application's to say. Covered are these and no others.
  if (!signatureParams.startsWith(`${COMPONENTS};`)) {
    throw new ProtocolError('malformed', `the signature covers other components than exactly ${COMPONENTS}`)
  }
  // RFC 9421 §7.2.7: a signature made for one purpose must not serve another.
  if (parameters.tag !== tag) {
    throw new ProtocolError('malformed', `the signature has the "tag" ${quote(parameters.tag)}, not "${tag}"`)
  }
  const signatureField = requireField(message.headers, 'signature')
  const signature = parseSignature(signatureField, label)
  const contentDigest = requireField(message.headers, 'content-digest')
  checkContentDigest(contentDigest, message.body)
  // The body is kept as text in the proof, and must come out of it byte for byte.
  if (!isUtf8(message.body)) throw new ProtocolError('malformed', 'the body is not UTF-8')
  const { device, created, nonce } = parameters
  const proof = { contentDigest, signatureInput, signature: signatureField, body: message.body.toString() }
  return {
    device,
    tag,
    label,
    created,
    nonce,
    signature,
    base: requestBase(contentDigest, signatureParams),
    proof,
  }
}

/**
 * The index of the secret that made the signature; throws `not-authenticated` where none did. Give no
 * secrets for a device that is not known: refused in the same words, after the same work.
 */
export function verifySignature(request: SignedRequest, secrets: readonly Secret[]): number {
  // Newest first: a rotation costs a second MAC only while the old secret is still in use.
  for (const [index, secret] of secrets.entries()) {
    if (macHolds(request.signature, request.base, secret)) return index
  }
  for (let tried = secrets.length; tried < MAX_SECRETS; tried++) {
    macHolds(request.signature, request.base, NOBODY)
  }
  throw new ProtocolError(
    'not-authenticated',
    `the signature under the name ${quote(request.device)} is by no secret that is accepted`,
  )
}

/** During a rotation the old and the new secret of a device are both accepted. */
export const MAX_SECRETS = 2

/** RFC 9421 §2.2.1 and §2.5; the path is left out, so that a proxy may serve us under any. */
function requestBase(contentDigest: string, signatureParams: string): string {
  return signatureBase(
    [
      ['"@method"', METHOD],
      ['"content-digest"', contentDigest],
    ],
    signatureParams,
  )
}

const METHOD = 'POST'
const COMPONENTS = '("@method" "content-digest")'
const LABEL = 'ipupdater'
// What it finds is thrown away: it stands in for the secrets that there are not.
const NOBODY = 'no device has this secret' as Secret
