import type { Knex } from 'knex'
import { connect } from './connection.ts'
import type { DatabaseFiles } from './database-files.ts'
import { APPLICATION_ID, assertNotNewer, migrate, SCHEMA_VERSION } from './schema.ts'
import { StorageError } from './storage-error.ts'

/** How long to wait for another program (a restore, a curious `sqlite3`) to let go of the write lock. */
const BUSY_TIMEOUT_MS = 2000

export const WRITER_PRAGMAS = [
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
  // An answer leaves only after the fsync of the WAL (sqlite.org/pragma.html#pragma_synchronous).
  'synchronous = FULL',
  // SQLite's default: the commit that fills 4 MB of WAL copies it back. Larger steps make those commits slower.
  'wal_autocheckpoint = 1000',
  'journal_size_limit = 67108864',
  'cache_size = -16384',
]

/** A writing Knex on a database of our schema, migrated, in WAL mode. */
export async function openDatabase(files: DatabaseFiles, access: 'create' | 'write'): Promise<Knex> {
  const knex = connect(files.main, { access, pragmas: WRITER_PRAGMAS })
  try {
    const version = await schemaOf(knex, files)
    await knex.raw('PRAGMA journal_mode = WAL')
    if (version < SCHEMA_VERSION) {
      await migrate(knex)
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
 * A last act: turns WAL mode off, so that no side files are needed to read. Refused where anyone else is connected; then
 * the side files stay, and that is readable too.
 */
export async function leaveLoneFile(knex: Knex): Promise<void> {
  await knex.raw('PRAGMA busy_timeout = 0')
  await knex.raw('PRAGMA journal_mode = DELETE').catch(() => {})
}

/** @returns the schema version, 0: an empty file. @throws StorageError `corrupt`: not ours; `newer-schema` */
export async function schemaOf(knex: Knex, files: DatabaseFiles): Promise<number> {
  const [row] = await knex.raw<SchemaRow[]>(
    'SELECT application_id AS application, user_version AS version FROM pragma_application_id, pragma_user_version',
  )
  const { application, version } = row as SchemaRow
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0)) {
    throw new StorageError('corrupt', `${files.main} is the database of another program: move it away`)
  }
  assertNotNewer(version, files)
  return version
}

interface SchemaRow {
  readonly application: number
  readonly version: number
}
