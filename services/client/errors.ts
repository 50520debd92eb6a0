import { isProblemCode, isTemporary, PROBLEMS } from '@ipupdater/protocol'
import { printableInLine, SettingsError, StartError } from '@ipupdater/runtime'
import type { Context, ExitCode } from './context.ts'
import type { ClientErrorCode, Explanation, Reaction } from './error-codes.ts'
import { CLIENT_ERRORS } from './error-codes.ts'

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
    about: {
      detail?: string
      retryAfterMs?: number
      cause?: unknown
      service?: Service
      /** A more exact title than that of the code. */
      title?: string
      /** Better advice than that of the code. */
      advice?: string
    } = {},
  ) {
    const { title: usualTitle, advice: usual } = explanationOf(code, about.service ?? RECEIVER)
    const title = about.title === undefined ? usualTitle : printableInLine(about.title)
    const advice = about.advice ?? usual
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

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A failure as a line of `--json`. */
export interface FailureLine {
  outcome: 'failed'
  code: string
  message: string
  detail?: string
  advice: string
  exit: ExitCode
}

/**
 * Prints an error of `command`, as sentences on stderr or with `json` as a line on stdout, and returns its exit
 * code. Throws errors that are bugs.
 */
export function printError(
  error: unknown,
  { stdout, stderr, json }: Pick<Context, 'stdout' | 'stderr' | 'json'>,
  command?: string,
): ExitCode {
  const line = failureLine(error, command)
  if (json) stdout(JSON.stringify(line))
  // The message of a ClientError includes its advice.
  else stderr(error instanceof ClientError ? line.message : `${line.message}\nWhat to do: ${line.advice}`)
  return line.exit
}

/** The line of `--json` for an error. Throws errors that are bugs. */
export function failureLine(error: unknown, command?: string): FailureLine {
  const outcome = 'failed'
  if (error instanceof ClientError) {
    const { code, message, detail, advice, reaction } = error
    const details = detail === undefined ? {} : { detail }
    return { outcome, code, message, ...details, advice, exit: reaction.exit }
  }
  if (error instanceof UsageError) {
    const { message } = error
    const advice = helpAdvice(command)
    return { outcome, code: 'usage', message, advice, exit: 2 }
  }
  if (error instanceof SettingsError) {
    const message = error.faults.join('\n')
    const advice = helpAdvice(command)
    return { outcome, code: 'settings', message, advice, exit: 2 }
  }
  if (error instanceof StartError) {
    const { code, message, cure: advice } = error
    return { outcome, code, message, advice, exit: 2 }
  }
  throw error
}

function helpAdvice(command: string | undefined): string {
  return `run "ipupdater help${command === undefined ? '' : ` ${command}`}".`
}
