import { isProblemCode, isTemporary, PROBLEMS } from '@ipupdater/protocol'
import { StartError } from '@ipupdater/runtime'
import type { Context, ExitCode } from './context.ts'
import type { ClientErrorCode, Explanation, Reaction } from './error-codes.ts'
import { CLIENT_ERRORS } from './error-codes.ts'
import { printableInLine } from './printable.ts'

export type { ClientErrorCode } from './error-codes.ts'

/** The service that was asked, and the setting that names it. */
export interface Service {
  readonly service: 'receiver' | 'viewer'
  readonly url: string
}

export const RECEIVER: Service = { service: 'receiver', url: 'SERVER_URL' }
export const VIEWER: Service = { service: 'viewer', url: 'VIEWER_URL' }

/** Why the server does not have our address, or why an address that a viewer shows is not accepted. */
export class ClientError extends Error {
  readonly code: ClientErrorCode
  readonly title: string
  readonly advice: string
  /** What was observed this time, for people. Printable. */
  readonly detail: string | undefined
  /** The pause that the server asks for. */
  readonly retryAfterMs: number

  constructor(
    code: ClientErrorCode,
    about: { detail?: string; retryAfterMs?: number; cause?: unknown; service?: Service } = {},
  ) {
    const { title, advice } = explanationOf(code, about.service ?? RECEIVER)
    const detail = about.detail === undefined ? undefined : printableInLine(about.detail)
    super(`${title}${detail ? ` (${detail})` : ''}. ${advice}`, { cause: about.cause })
    this.name = 'ClientError'
    this.code = code
    this.title = title
    this.advice = advice
    this.detail = detail
    this.retryAfterMs = about.retryAfterMs ?? 0
  }

  get reaction(): Reaction {
    return reactionTo(this.code)
  }
}

/** Title and advice of a code, as one writes them to the user of `service`. */
export function explanationOf(code: ClientErrorCode, { service, url }: Service = RECEIVER): Explanation {
  const { title, advice } = isProblemCode(code) ? PROBLEMS[code] : CLIENT_ERRORS[code]
  const filled = (text: string) => text.replaceAll('{service}', service).replaceAll('{url}', url)
  return { title: filled(title), advice: filled(advice) }
}

export function reactionTo(code: ClientErrorCode): Reaction {
  if (!isProblemCode(code)) return CLIENT_ERRORS[code]
  const { status } = PROBLEMS[code]
  if (!isTemporary(status)) return { exit: 1, retry: 'never', reached: 'server' }
  // 409: the address or timestamp of the message is out of date, and stays so.
  return { exit: 75, retry: status === 409 ? 'new' : 'same', reached: 'server' }
}

/** Prints the sentence for an error and returns its exit code. Throws errors that are bugs. */
export function printError(error: unknown, { stderr }: Pick<Context, 'stderr'>): ExitCode {
  if (error instanceof ClientError) {
    stderr(error.message)
    return error.reaction.exit
  }
  if (error instanceof StartError) {
    stderr(`${error.message}\nWhat to do: ${error.cure}`)
    return 2
  }
  throw error
}
