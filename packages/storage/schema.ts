import type { Knex } from 'knex'
import type { DatabaseFiles } from './database-files.ts'
import { tenures } from './migrations/0001-tenures.ts'
import { StorageError } from './storage-error.ts'

/** One step of the schema. `name` is what Knex remembers; the steps and their names never change once released. */
export interface Migration extends Knex.Migration {
  readonly name: string
}

/** In order. The number of steps taken stands in the file as `user_version`, where a reader sees it at once. */
const MIGRATIONS: readonly Migration[] = [tenures]

export const SCHEMA_VERSION = MIGRATIONS.length

/** "ipup": tells our files from other SQLite databases (sqlite.org/pragma.html#pragma_application_id). */
export const APPLICATION_ID = 0x69707570

/** Brings the file to SCHEMA_VERSION. The caller has made sure that it is not newer. */
export async function migrate(knex: Knex): Promise<void> {
  const config: Knex.MigratorConfig = { migrationSource }
  // Knex's lock is a row, and outlives a process that was killed while it migrated. Each step is a transaction of
  // its own, and SQLite lets one writer at a time take it: that lock is enough.
  await knex.migrate.forceFreeMigrationsLock(config)
  await knex.migrate.latest(config)
}

/** @throws StorageError `newer-schema` */
export function assertNotNewer(version: number, { main }: Pick<DatabaseFiles, 'main'>): void {
  if (version <= SCHEMA_VERSION) return
  const versions = `its schema is ${version}, this program knows ${SCHEMA_VERSION}`
  throw new StorageError('newer-schema', `${main} was written by a newer version (${versions}): run that one`)
}

/** For those who cannot migrate. @throws StorageError `not-ready`, `newer-schema` */
export function assertReadableSchema(version: number, files: DatabaseFiles): void {
  assertNotNewer(version, files)
  if (version === SCHEMA_VERSION) return
  throw new StorageError(
    'not-ready',
    `${files.main} is not set up yet: the receiver does that when it starts`,
  )
}

/** Typed objects rather than a directory: nothing is read or imported by name at run time. */
const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: async () => [...MIGRATIONS],
  getMigrationName: ({ name }) => name,
  getMigration: async migration => migration,
}
