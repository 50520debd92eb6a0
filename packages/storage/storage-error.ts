/**
 * The one error of this room.
 *
 * The first seven are faults of the machine, reported with the file and the cure; every one of them may pass,
 * and the next call then works without a restart. `not-ready` and `newer-schema` are what a reader says while
 * the receiver has not yet made, or has already outgrown, the schema it knows.
 */
export type StorageErrorCode =
  | 'full'
  | 'read-only'
  | 'wrong-owner'
  | 'missing'
  | 'corrupt'
  | 'busy'
  | 'io'
  | 'not-ready'
  | 'newer-schema'
  | 'bad-cursor'
  | 'closed'

export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageError'
    this.code = code
  }
}
