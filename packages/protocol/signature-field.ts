import { BYTE_SEQUENCE_32 } from './byte-sequence.ts'
import { ProtocolError, quote } from './protocol-error.ts'

/** RFC 9421 §4.2: the Signature field, with one member. */
export function encodeSignature(label: string, signature: string): string {
  return `${label}=:${signature}:`
}

/** The base64 text of the one signature, which has the label of the one Signature-Input. */
export function parseSignature(field: string, label: string): string {
  const signature = field.startsWith(`${label}=`)
    ? PATTERN.exec(field.slice(label.length + 1))?.[1]
    : undefined
  if (signature === undefined) {
    throw new ProtocolError(
      'malformed',
      `signature is ${quote(field)}, not ${quote(`${label}=:…:`)} alone, 32 bytes in canonical base64`,
    )
  }
  return signature
}

const PATTERN = new RegExp(`^${BYTE_SEQUENCE_32}$`)
