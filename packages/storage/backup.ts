/** What a sound database holds. */
export interface Verified {
  readonly schema: number
  readonly devices: number
  readonly tenures: number
  readonly outages: number
}

/** Copies the live database of `dir` to the new file `file`, verified, while the receiver runs. @throws StorageError */
export function backup(_dir: string, _file: string): Promise<Verified> {
  return Promise.reject(new Error('being written'))
}

/** Is `file` a sound database of a schema we know? @throws StorageError `missing`, `corrupt`, `newer-schema`, … */
export function verify(_file: string): Promise<Verified> {
  return Promise.reject(new Error('being written'))
}

/**
 * Puts the backup `file` in the place of the database of `dir`, in one transaction, also while the receiver runs.
 * Timestamps up to now are refused from then on, so that no message the backup does not know can come a second time.
 * @returns what was restored, and where the database that stood there before is kept (null: there was none)
 * @throws StorageError; the old database is then untouched
 */
export function restore(_options: {
  readonly dir: string
  readonly file: string
  readonly now: () => number
}): Promise<{ readonly restored: Verified; readonly kept: string | null }> {
  return Promise.reject(new Error('being written'))
}
