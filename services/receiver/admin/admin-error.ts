/** What a command ends with: done; refused, or faults found; wrong use or settings; try again later. */
export const exitCodes = { done: 0, refused: 1, misused: 2, later: 75 } as const

/** A command that cannot do what it is asked. The message and the advice are for the operator. */
export class AdminError extends Error {
  readonly code: Exclude<keyof typeof exitCodes, 'done'>
  /** What to do, unless the message says it. */
  readonly advice: string | null
  /** The answer of the command contains the faults already. */
  readonly isReported: boolean

  constructor(code: AdminError['code'], message: string, advice: string | null, options: Options = {}) {
    super(message, options)
    this.name = 'AdminError'
    this.code = code
    this.advice = advice
    this.isReported = options.isReported ?? false
  }
}

type Options = ErrorOptions & { readonly isReported?: boolean }
