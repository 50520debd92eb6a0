import { isUtf8 } from 'node:buffer'
import type { DeviceName, Secret } from './device.ts'
import { checkContentDigest, encodeContentDigest } from './digest.ts'
import { ProtocolError, quote } from './error.ts'
import type { FieldLines } from './signature.ts'
import {
  computeMac,
  encodeSignature,
  encodeSignatureParams,
  isMac,
  parseSignature,
  parseSignatureInput,
  requireField,
  signatureBase,
} from './signature.ts'

export type Tag = 'ipupdater-ip' | 'ipupdater-update'

/** A request of the right shape. Only `verifySignature` shows that it is from the device. */
export interface SignedRequest {
  device: DeviceName
  tag: Tag
  label: string
  /** Seconds since the epoch by the device's clock. Never a reason to refuse; it shows a wrong clock. */
  created: number
  nonce: string
  /** In base64. */
  signature: string
  base: string
  proof: SignedMessage
}

/** A signed request as it came: its three fields and its body. It is stored and served as a proof. */
export interface SignedMessage {
  contentDigest: string
  signatureInput: string
  signature: string
  body: string
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
  const mac = computeMac(base, signer.secret)
  const signatureInput = `${LABEL}=${signatureParams}`
  const signature = encodeSignature(LABEL, mac)
  const proof = { contentDigest, signatureInput, signature, body }
  return {
    request: { device, tag, label: LABEL, created, nonce, signature: mac, base, proof },
    headers: { 'content-digest': contentDigest, 'signature-input': signatureInput, signature },
    body,
  }
}

/**
 * Reads the shape of a request and compares the digest with the body. Throws `malformed` or `digest-mismatch`.
 * Who sent it is still open: see `verifySignature`.
 */
export function parseSignedRequest(
  message: { method: string; headers: FieldLines; body: Buffer },
  tag: Tag,
): SignedRequest {
  if (message.method !== METHOD) {
    throw new ProtocolError('malformed', `the method is ${quote(message.method)}; use ${METHOD}`)
  }
  const signatureInput = requireField(message.headers, 'signature-input')
  const signatureField = requireField(message.headers, 'signature')
  const contentDigest = requireField(message.headers, 'content-digest')
  const { label, components, signatureParams, ...parameters } = parseSignatureInput(signatureInput)
  // RFC 9421 §3.2.1: the application says what must be covered: exactly these components.
  if (components !== COMPONENTS) {
    throw new ProtocolError('malformed', `the signature covers ${quote(components)}; cover ${COMPONENTS}`)
  }
  // RFC 9421 §7.2.7: a signature made for one purpose must not serve another.
  if (parameters.tag !== tag) {
    throw new ProtocolError('malformed', `the signature has the tag ${quote(parameters.tag)}; use "${tag}"`)
  }
  const signature = parseSignature(signatureField, label)
  checkContentDigest(contentDigest, message.body)
  // The proof keeps the body as text, so the text must give the same bytes again.
  if (!isUtf8(message.body)) throw new ProtocolError('malformed', 'the body is not UTF-8')
  const { device, created, nonce } = parameters
  const base = requestBase(contentDigest, signatureParams)
  const proof = { contentDigest, signatureInput, signature: signatureField, body: message.body.toString() }
  return { device, tag, label, created, nonce, signature, base, proof }
}

/**
 * The index of the secret that made the signature; throws `not-authenticated` if none did. For an unknown device
 * give no secrets: the refusal has the same words and costs the same work.
 */
export function verifySignature(request: SignedRequest, secrets: readonly Secret[]): number {
  // Newest first: a rotation costs a second MAC only while the old secret is still in use.
  for (const [index, secret] of secrets.entries()) {
    if (isMac(request.signature, request.base, secret)) return index
  }
  for (let tried = secrets.length; tried < MAX_SECRETS; tried++) {
    isMac(request.signature, request.base, DUMMY_SECRET)
  }
  throw new ProtocolError('not-authenticated', `the signature for device "${request.device}" is not valid`)
}

/** During a rotation the old and the new secret of a device are both accepted. */
export const MAX_SECRETS = 2

/** RFC 9421 §2.2.1 and §2.5. The path is not covered, so that a proxy may serve the receiver under any path. */
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
// Used instead of a missing secret, so that every refusal takes the same time. Its result is not used.
const DUMMY_SECRET = 'no device has this secret' as Secret
