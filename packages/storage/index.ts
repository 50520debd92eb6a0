import type { Location, Reader, ReaderOptions, Store, StoreOptions } from './contract.ts'
import { openPostgresReader } from './postgres/read/reader.ts'
import { openPostgresStore } from './postgres/store.ts'
import { sqliteFile } from './sqlite/files.ts'
import { openSqliteReader } from './sqlite/read/reader.ts'
import { openSqliteStore } from './sqlite/store.ts'

export type {
  ChangesPage,
  ChangesQuery,
  CommitOutcome,
  Committed,
  CommittedBatch,
  DevicePage,
  Evidence,
  HistoryPage,
  HistoryQuery,
  Location,
  PasswordEvidence,
  Reader,
  ReaderOptions,
  Report,
  SignedEvidence,
  Store,
  StoreLog,
  StoreOptions,
  TimeReset,
} from './contract.ts'
export { MAX_OUTAGES_IN_PROGRESS } from './contract.ts'
export type { Cursor } from './cursor.ts'
export { parseCursor } from './cursor.ts'
export { isContested } from './decide.ts'
export type { ShownEvidence } from './evidence.ts'
export { dueAt, isLate, lateAfter } from './lateness.ts'
export type { Moved } from './move/copy-rows.ts'
export type { MoveOptions } from './move/move-database.ts'
export { moveDatabase } from './move/move-database.ts'
export type { RolePasswords } from './postgres/setup/roles.ts'
export { RECEIVER_ROLE, roleStatements, VIEWER_ROLE } from './postgres/setup/roles.ts'
export { runStatements } from './postgres/setup/run-statements.ts'
export { backup } from './sqlite/backup/backup.ts'
export type { FileKind } from './sqlite/backup/backup-file.ts'
export { kindOf } from './sqlite/backup/backup-file.ts'
export type { Restored, RestoreOptions } from './sqlite/backup/restore.ts'
export { restore } from './sqlite/backup/restore.ts'
export type { Verified } from './sqlite/backup/verify.ts'
export { verify } from './sqlite/backup/verify.ts'
export type { StorageErrorCode } from './storage-error.ts'
export { StorageError } from './storage-error.ts'
export type {
  CurrentAddress,
  DeviceSummary,
  HistoryEntry,
  OutageEntry,
  StateAt,
  TenureEntry,
} from './views.ts'
export { sqliteFile }

/** The database that the settings name: DATABASE_URL if it is set, otherwise the file in DATA_DIR. */
export function locationOf(settings: {
  readonly dataDir: string
  readonly databaseUrl: string | null
}): Location {
  const { dataDir, databaseUrl } = settings
  return databaseUrl === null ? { sqlite: sqliteFile(dataDir) } : { postgres: databaseUrl }
}

/** Creates the database if there is none, and migrates it. @throws StorageError */
export async function openStore(location: Location, options: StoreOptions = {}): Promise<Store> {
  return 'sqlite' in location
    ? openSqliteStore(location.sqlite, options)
    : openPostgresStore(location.postgres, options)
}

/** Connects at the first call: the database may appear, disappear and return while the reader is open. */
export function openReader(location: Location, options: ReaderOptions = {}): Reader {
  return 'sqlite' in location
    ? openSqliteReader(location.sqlite, options)
    : openPostgresReader(location.postgres, options)
}
