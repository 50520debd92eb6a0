/**
 * The first ten are faults of the machine or the database server. Their messages name the file or server and the fix;
 * each of them may pass, and the next call then works without a restart.
 */
export type StorageErrorCode =
  /** No space is left. */
  | 'full'
  | 'read-only'
  /** The files, or the account, do not allow this process to read or write. */
  | 'no-access'
  /** The database does not exist, or was removed while it was open. */
  | 'missing'
  /** The data is damaged, or not ours. */
  | 'corrupt'
  /** Another program holds a lock. */
  | 'busy'
  /** Another store has reserved the database. */
  | 'in-use'
  /** A database server does not answer. */
  | 'unreachable'
  /** The database server is too old, or set up so that it can lose what it has acknowledged. */
  | 'unsuitable'
  | 'io'
  /** The receiver has not made, or not yet migrated, the schema. */
  | 'not-ready'
  /** The schema was made by a newer version. */
  | 'newer-schema'
  | 'bad-cursor'
  | 'closed'

/** The one error of this package. */
export class StorageError extends Error {
  readonly code: StorageErrorCode
  /** What is wrong, without what to do. The message has both. */
  readonly fault: string
  /** What to do, if there is something. */
  readonly advice: string | null

  constructor(code: StorageErrorCode, fault: string, { advice, cause }: StorageErrorOptions = {}) {
    super(advice === undefined ? fault : `${fault}: ${advice}`, { cause })
    this.name = 'StorageError'
    this.code = code
    this.fault = fault
    this.advice = advice ?? null
  }
}

interface StorageErrorOptions {
  readonly advice?: string | undefined
  readonly cause?: unknown
}
