export type StartErrorCode =
  | 'settings'
  | 'address-in-use'
  | 'address-not-allowed'
  | 'address-not-ours'
  | 'volume-missing'
  | 'volume-owner'
  | 'volume-read-only'
  | 'volume-unusable'
  | 'volume-open'
  | 'registry-damaged'
  | 'registry-conflict'
  | 'database'
  | 'data-dir-in-use'

/** Why a program does not start, in words for its operator. `runMain` prints it without a stack. */
export class StartError extends Error {
  readonly code: StartErrorCode
  /** What to do: a command to paste, or a sentence. */
  readonly cure: string

  constructor(code: StartErrorCode, message: string, cure: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
    this.code = code
    this.cure = cure
  }
}
