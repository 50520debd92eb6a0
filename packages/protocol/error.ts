import type { ProblemCode, ProblemMember } from './problems.ts'

/**
 * A refused message, or an answer that cannot be trusted. The message says what was given and what is
 * expected. It is sent as the `detail` of a problem, so it never contains a secret.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode
  /** Further members of the problem, for programs, such as `retryAfter` in seconds. */
  readonly extra: Readonly<Record<string, ProblemMember>>

  constructor(
    code: ProtocolErrorCode,
    message: string,
    options: ErrorOptions & { extra?: Readonly<Record<string, ProblemMember>> } = {},
  ) {
    super(message, options)
    this.code = code
    this.extra = options.extra ?? {}
  }
}

/** The codes that a server sends, and the two that only a device can find out. */
export type ProtocolErrorCode = ProblemCode | 'answer-unsigned' | 'answer-forged'

/**
 * Untrusted text for an error message, a log line or a terminal: in quotes, in printable ASCII, and cut after
 * 60 characters (shown by "…").
 */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return JSON.stringify(shown).replace(/[^\x20-\x7e…]/g, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
