import { ProtocolError, quote } from './error.ts'

export type DeviceName = string & { readonly brand: 'DeviceName' }

/**
 * 1–63 of a–z, 0–9 and "-", not "-" first, so a name needs no escaping in a URL, a log line or a page, and
 * never looks like an option in a shell or a formula in a spreadsheet. Throws `malformed`.
 */
export function parseDeviceName(text: string): DeviceName {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) {
    throw new ProtocolError(
      'malformed',
      `${quote(text)} is not a device name: use 1 to 63 of a-z, 0-9 and "-", not "-" first`,
    )
  }
  return text as DeviceName
}

/** Shared by one device and its server. Its UTF-8 bytes are the HMAC key. */
export type Secret = string & { readonly brand: 'Secret' }

/** Throws `malformed`, without repeating the text. */
export function parseSecret(text: string): Secret {
  // A line end or space that came with copy and paste would make every signature invalid.
  if (text !== text.trim()) {
    throw new ProtocolError('malformed', 'the secret has white space at its start or end: remove it')
  }
  // Lone surrogates are among \p{C}: they have no UTF-8 form.
  if (/\p{C}/u.test(text)) {
    throw new ProtocolError('malformed', 'the secret contains characters that cannot be printed')
  }
  const length = [...text].length
  if (length < MIN_SECRET_LENGTH) {
    throw new ProtocolError(
      'malformed',
      `the secret has ${length} characters: use at least ${MIN_SECRET_LENGTH}`,
    )
  }
  return text as Secret
}

/** 32 random bytes in base64url: 43 characters that need no quoting in a shell, a file or YAML. */
export function generateSecret(randomBytes: (size: number) => Buffer): Secret {
  return parseSecret(randomBytes(32).toString('base64url'))
}

const MIN_SECRET_LENGTH = 16
