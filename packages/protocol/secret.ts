import { ProtocolError } from './protocol-error.ts'

/** Shared by one device and its server. Its UTF-8 bytes are the HMAC key. */
export type Secret = string & { readonly brand: 'Secret' }

/** Throws `malformed` without repeating the text. */
export function parseSecret(text: string): Secret {
  // A line end or space that slipped in with copy and paste gives a signature that never holds.
  if (text !== text.trim())
    throw new ProtocolError('malformed', 'the secret has blanks around it: remove them')
  // Lone surrogates are among \p{C}: they have no UTF-8 form.
  if (/\p{C}/u.test(text)) {
    throw new ProtocolError('malformed', 'the secret holds characters that cannot be printed')
  }
  const length = [...text].length
  if (length < MIN_LENGTH) {
    throw new ProtocolError(
      'malformed',
      `the secret has ${length} characters, and ${MIN_LENGTH} are the least`,
    )
  }
  return text as Secret
}

/** 32 random bytes in base64url: 43 characters that survive any shell, file or YAML. */
export function generateSecret(randomBytes: (size: number) => Buffer): Secret {
  return parseSecret(randomBytes(32).toString('base64url'))
}

const MIN_LENGTH = 16
