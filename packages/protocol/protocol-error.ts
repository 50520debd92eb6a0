import type { ProblemCode, ProblemMember } from './problems.ts'

/**
 * A message that is refused, or an answer that is not believed. The message is written for its reader:
 * what was given and what is wanted. It is sent as the `detail` of a problem, so it never holds a secret.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode
  /** What a program reads of it, such as `retryAfter` in seconds: further members of the problem. */
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

/** What a server says on the wire, and the two things that only a device can find out. */
export type ProtocolErrorCode = ProblemCode | 'answer-unsigned' | 'answer-forged'

/**
 * A stranger's text as it may stand in an error message, a log line or a terminal: in quotes, in printable
 * ASCII, and cut after 60 characters (shown by "…").
 */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return JSON.stringify(shown).replace(/[^\x20-\x7e…]/g, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
