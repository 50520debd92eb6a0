import { checkContentDigest, encodeContentDigest } from './content-digest.ts'
import type { FieldLines } from './field-lines.ts'
import { findField } from './field-lines.ts'
import { computeMac, macHolds } from './mac.ts'
import { ProtocolError, quote } from './protocol-error.ts'
import type { SignedRequest } from './request.ts'
import type { Secret } from './secret.ts'
import { signatureBase } from './signature-base.ts'
import { encodeSignature, parseSignature } from './signature-field.ts'
import { encodeSignatureParams, parseSignatureInput } from './signature-input.ts'

/**
 * The fields that make an answer, a refusal too, the server's own, and an answer to this one request.
 * `created` is in seconds, `nonce` 16 random bytes or more in base64url.
 */
export function signAnswer(
  answer: { status: number; body: string },
  request: SignedRequest,
  signer: { secret: Secret; created: number; nonce: string },
): Record<string, string> {
  const { created, nonce } = signer
  const contentDigest = encodeContentDigest(answer.body)
  const parameters = { created, nonce, device: request.device, tag: answerTag(request) }
  const signatureParams = encodeSignatureParams(coveredBy(request), parameters)
  const mac = computeMac(answerBase(answer.status, contentDigest, request, signatureParams), signer.secret)
  return {
    'content-digest': contentDigest,
    'signature-input': `${LABEL}=${signatureParams}`,
    signature: encodeSignature(LABEL, mac),
  }
}

/**
 * Throws `answer-unsigned` where the answer bears no signature at all, and `answer-forged` where it bears one
 * that does not make it the server's answer to this request. Nothing in such an answer is to be believed.
 */
export function verifyAnswer(
  answer: { status: number; headers: FieldLines; body: Buffer },
  request: SignedRequest,
  secret: Secret,
): void {
  const signatureInput = findField(answer.headers, 'signature-input')
  const signatureField = findField(answer.headers, 'signature')
  const contentDigest = findField(answer.headers, 'content-digest')
  if (signatureInput === undefined || signatureField === undefined || contentDigest === undefined) {
    throw new ProtocolError('answer-unsigned', `the answer with status ${answer.status} is not signed`)
  }
  try {
    const { label, parameters, signatureParams } = parseSignatureInput(signatureInput)
    if (!signatureParams.startsWith(`${coveredBy(request)};`)) {
      throw forged(`the signature covers other components than exactly ${coveredBy(request)}`)
    }
    if (parameters.device !== request.device) throw forged(`it is for the device ${quote(parameters.device)}`)
    if (parameters.tag !== answerTag(request)) throw forged(`it has the "tag" ${quote(parameters.tag)}`)
    const mac = parseSignature(signatureField, label)
    checkContentDigest(contentDigest, answer.body)
    if (!macHolds(mac, answerBase(answer.status, contentDigest, request, signatureParams), secret)) {
      throw forged('its signature is not by our secret, or answers another request')
    }
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code === 'answer-forged') throw error
    throw forged(error.message, error)
  }
}

/** RFC 9421 §2.4: by `;req` the answer covers the signature of the request, and so all that the request said. */
function coveredBy(request: SignedRequest): string {
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
  return new ProtocolError('answer-forged', `the answer is not to be believed: ${message}`, { cause })
}

const LABEL = 'ipupdater'
