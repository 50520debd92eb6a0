import type { Secret } from './device.ts'
import { checkContentDigest, encodeContentDigest } from './digest.ts'
import { ProtocolError, quote } from './error.ts'
import type { SignedRequest } from './request.ts'
import type { FieldLines } from './signature.ts'
import {
  computeMac,
  encodeSignature,
  encodeSignatureParams,
  findField,
  isMac,
  parseSignature,
  parseSignatureInput,
  signatureBase,
} from './signature.ts'

/**
 * The fields that sign an answer, or a refusal, as the server's answer to this one request.
 * `created` is in seconds, `nonce` is 16 random bytes or more in base64url.
 */
export function signAnswer(
  answer: { status: number; body: string },
  request: SignedRequest,
  signer: { secret: Secret; created: number; nonce: string },
): Record<string, string> {
  const { created, nonce } = signer
  const contentDigest = encodeContentDigest(answer.body)
  const parameters = { created, nonce, device: request.device, tag: answerTag(request) }
  const signatureParams = encodeSignatureParams(componentsFor(request), parameters)
  const mac = computeMac(answerBase(answer.status, contentDigest, request, signatureParams), signer.secret)
  return {
    'content-digest': contentDigest,
    'signature-input': `${LABEL}=${signatureParams}`,
    signature: encodeSignature(LABEL, mac),
  }
}

/**
 * Throws `answer-unsigned` if the answer has no signature, and `answer-forged` if it has one that does not make
 * it the server's answer to this request. Then nothing in the answer can be trusted.
 */
export function verifyAnswer(
  answer: { status: number; headers: FieldLines; body: Buffer },
  request: SignedRequest,
  secret: Secret,
): void {
  try {
    const signatureInput = findField(answer.headers, 'signature-input')
    const signatureField = findField(answer.headers, 'signature')
    const contentDigest = findField(answer.headers, 'content-digest')
    if (signatureInput === undefined || signatureField === undefined || contentDigest === undefined) {
      throw new ProtocolError('answer-unsigned', `the answer with status ${answer.status} is not signed`)
    }
    const { label, components, signatureParams, device, tag } = parseSignatureInput(signatureInput)
    if (components !== componentsFor(request)) {
      throw forged(`the signature covers ${quote(components)} instead of ${componentsFor(request)}`)
    }
    if (device !== request.device) throw forged(`the answer is for device "${device}"`)
    if (tag !== answerTag(request)) throw forged(`the answer has the tag ${quote(tag)}`)
    const mac = parseSignature(signatureField, label)
    checkContentDigest(contentDigest, answer.body)
    if (!isMac(mac, answerBase(answer.status, contentDigest, request, signatureParams), secret)) {
      throw forged('the signature was made with another secret, or for another request')
    }
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code.startsWith('answer-')) throw error
    throw forged(error.message, error)
  }
}

/** RFC 9421 §2.4: by `;req` the answer covers the request's signature, and through it the whole request. */
function componentsFor(request: SignedRequest): string {
  return `("@status" "content-digest" ${requestSignature(request)})`
}

function requestSignature(request: SignedRequest): string {
  return `"signature";req;key="${request.label}"`
}

function answerTag(request: SignedRequest): string {
  return `${request.tag}-answer`
}

function answerBase(
  status: number,
  contentDigest: string,
  request: SignedRequest,
  signatureParams: string,
): string {
  return signatureBase(
    [
      ['"@status"', String(status)],
      ['"content-digest"', contentDigest],
      [requestSignature(request), `:${request.signature}:`],
    ],
    signatureParams,
  )
}

function forged(message: string, cause?: ProtocolError): ProtocolError {
  return new ProtocolError('answer-forged', message, { cause })
}

const LABEL = 'ipupdater'
