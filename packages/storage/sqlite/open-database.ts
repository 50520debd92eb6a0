import { join } from 'node:path'
import type { Knex } from 'knex'
import { StorageError } from '../storage-error.ts'
import { connect, dedicatedConnection } from './connection.ts'
import { isFault, storageFault } from './faults.ts'
import type { DatabaseFiles } from './files.ts'
import { filesOf } from './files.ts'
import type { Migration } from './schema.ts'
import { APPLICATION_ID, MIGRATIONS, migrate, schemaOf } from './schema.ts'

/** How long to wait until another program (a restore, an operator's `sqlite3`) releases the write lock. */
const BUSY_TIMEOUT_MS = 2000

export const WRITER_PRAGMAS = [
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
  // A commit returns after the fsync of the WAL (sqlite.org/pragma.html#pragma_synchronous).
  'synchronous = FULL',
  // SQLite's default: the commit that fills 4 MB of WAL copies it back. Larger steps make those commits slower.
  'wal_autocheckpoint = 1000',
  'journal_size_limit = 67108864',
  'cache_size = -16384',
]

export interface OpenDatabaseOptions {
  readonly access: 'create' | 'write'
  /** See `StoreOptions.reserve`. */
  readonly reserve?: boolean
  readonly migrations?: readonly Migration[]
  /** See `migrate`. */
  readonly newDatabaseFloor?: number
  /** Called before an existing database is migrated; if it rejects, the database stays as it is. */
  readonly beforeMigration?: (knex: Knex, version: number) => Promise<void>
}

/** A writing Knex on a database of our schema, migrated, in WAL mode. */
export async function openDatabase(files: DatabaseFiles, options: OpenDatabaseOptions): Promise<Knex> {
  const { access, migrations = MIGRATIONS, newDatabaseFloor, beforeMigration } = options
  const knex = connect(files.main, { access, pragmas: WRITER_PRAGMAS })
  try {
    const version = await schemaOf(knex, files, { newest: migrations.length })
    if (version > 0 && version < migrations.length) await beforeMigration?.(knex, version)
    // Before WAL mode, so that it is in the file itself: if this start is killed, the tables may be in the -wal alone.
    if (version === 0) await knex.raw(`PRAGMA application_id = ${APPLICATION_ID}`)
    await knex.raw('PRAGMA journal_mode = WAL')
    if (version < migrations.length) {
      await migrate(knex, migrations, newDatabaseFloor)
      // Gives the database its space: on a full volume, a WAL can then be copied back, and its own space be freed.
      await knex.raw('PRAGMA wal_checkpoint(TRUNCATE)')
    }
    return knex
  } catch (error) {
    await knex.destroy()
    throw error
  }
}

/**
 * The last step before closing: turns WAL mode off, so that reading needs no side files. SQLite refuses this while
 * anyone else is connected; then the side files stay, and that is readable too.
 */
export async function leaveLoneFile(knex: Knex): Promise<void> {
  await knex.raw('PRAGMA busy_timeout = 0')
  await knex.raw('PRAGMA journal_mode = DELETE').catch(() => {})
}

/**
 * Reserves a data directory for one receiver, until it is disposed of or the process ends, in whatever way: the lock
 * is SQLite's own on a file that holds nothing, so the kernel releases it. It reaches all containers of a machine.
 *
 * @throws StorageError `in-use` if another receiver has it, also after `waitMs` for one that is just stopping
 */
export async function lockDataDirectory(dataDir: string, waitMs = BUSY_TIMEOUT_MS): Promise<AsyncDisposable> {
  const file = join(dataDir, 'receiver.lock')
  await using opening = new AsyncDisposableStack()
  try {
    const knex = connect(file, { access: 'create', pragmas: [`busy_timeout = ${waitMs}`] })
    opening.defer(() => knex.destroy())
    const connection = await dedicatedConnection(knex)
    opening.defer(() => connection.release())
    await connection.exec('BEGIN EXCLUSIVE')
    return opening.move()
  } catch (error) {
    if (!isFault(error, 'SQLITE_BUSY')) throw storageFault(error, filesOf(file))
    throw new StorageError('in-use', `another receiver uses ${dataDir}`, { cause: error })
  }
}
