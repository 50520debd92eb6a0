import { hash } from 'node:crypto'
import { BYTE_SEQUENCE_32 } from './byte-sequence.ts'
import { ProtocolError, quote } from './protocol-error.ts'

/** RFC 9530 §2, with the one algorithm of this protocol. */
export function encodeContentDigest(body: string | Buffer): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`
}

/** Throws `malformed` where the field is not one SHA-256 digest, `digest-mismatch` where it is another body's. */
export function checkContentDigest(field: string, body: Buffer): void {
  if (!PATTERN.test(field)) {
    throw new ProtocolError(
      'malformed',
      `content-digest is ${quote(field)}, not sha-256=:…: alone, in canonical base64`,
    )
  }
  if (field !== encodeContentDigest(body)) {
    throw new ProtocolError(
      'digest-mismatch',
      `the body of ${body.length} bytes is not the one of ${quote(field)}`,
    )
  }
}

const PATTERN = new RegExp(`^sha-256=${BYTE_SEQUENCE_32}$`)
