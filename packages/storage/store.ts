import type { AcceptedUpdate, CommitOutcome } from './decide.ts'

export interface StoreOptions {
  readonly dir: string
  /** ms since the epoch */
  readonly now?: () => number
  readonly log?: StoreLog
  /** After each durable transaction, for metrics. */
  readonly onCommit?: (batch: { readonly updates: number; readonly seconds: number }) => void
}

export interface StoreLog {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
}

export interface Store extends AsyncDisposable {
  /** Resolves after the fsync. Calls made while another commit is under way share the next one. */
  commit(update: AcceptedUpdate): Promise<CommitOutcome>
  /** Commits something small and durable, for /readyz. Shared by concurrent callers. @throws StorageError */
  checkWritable(): Promise<void>
  /** Deletes at most `limit` tenures and outages that ended before `beforeMs`. @returns how many it deleted; fewer than `limit`: done */
  prune(beforeMs: number, limit: number): Promise<number>
}

/** Opens or creates the database, migrates it and makes it readable for `:ro` readers. @throws StorageError */
export function openStore(_options: StoreOptions): Promise<Store> {
  return Promise.reject(new Error('being written'))
}
