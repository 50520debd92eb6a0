import { hash } from 'node:crypto'
import { ProtocolError, quote } from './error.ts'

/** The Content-Digest field (RFC 9530 §2) with SHA-256, the one algorithm of this protocol. */
export function encodeContentDigest(body: string | Buffer): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`
}

/** Throws `malformed` if the field is not one SHA-256 digest, `digest-mismatch` if it is not that of the body. */
export function checkContentDigest(field: string, body: Buffer): void {
  if (!CONTENT_DIGEST.test(field)) {
    throw new ProtocolError(
      'malformed',
      `content-digest is ${quote(field)}: send one digest, sha-256=:…:, in canonical base64`,
    )
  }
  if (field !== encodeContentDigest(body)) {
    throw new ProtocolError(
      'digest-mismatch',
      `the body of ${body.length} bytes does not have the digest ${quote(field)}`,
    )
  }
}

/**
 * 32 bytes as a Byte Sequence (RFC 9651 §3.3.5), a SHA-256 digest or MAC between colons, in the one spelling of
 * §4.1.8: padded, and with unused bits zero, hence the few letters that may come last. Part of larger patterns.
 */
export const BYTE_SEQUENCE_32 = ':([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=):'

const CONTENT_DIGEST = new RegExp(`^sha-256=${BYTE_SEQUENCE_32}$`)
