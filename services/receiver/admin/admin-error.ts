/** What a command ends with: done; refused, or found wrong; wrong use or settings; try again later. */
export const exitCodes = { done: 0, refused: 1, misused: 2, later: 75 } as const

/** A command that cannot do what it is asked, in words for the one who typed it. */
export class AdminError extends Error {
  readonly code: Exclude<keyof typeof exitCodes, 'done'>
  /** What to do, unless the message says it. */
  readonly advice: string | null

  constructor(code: AdminError['code'], message: string, advice: string | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AdminError'
    this.code = code
    this.advice = advice
  }
}
