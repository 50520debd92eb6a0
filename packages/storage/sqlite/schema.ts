import type { Knex } from 'knex'
import { StorageError } from '../storage-error.ts'
import type { DatabaseFiles } from './files.ts'
import { tenures } from './migrations/0001-tenures.ts'
import { kinds } from './migrations/0002-kinds.ts'

/** One step of the schema. `name` is what Knex remembers; the steps and their names never change once released. */
export interface Migration extends Knex.Migration {
  readonly name: string
}

/** In order. The number of steps taken is in the file as `user_version`, which each step sets. */
export const MIGRATIONS: readonly Migration[] = [tenures, kinds]

export const SCHEMA_VERSION = MIGRATIONS.length

/** "ipup": tells our files from other SQLite databases (sqlite.org/pragma.html#pragma_application_id). */
export const APPLICATION_ID = 0x69707570

/** "ipbk": a backup. It holds secrets, so it must not become the database that the viewer reads. */
export const BACKUP_APPLICATION_ID = 0x6970626b

/**
 * Takes the steps that the file lacks. The caller has checked that it is not newer.
 *
 * @param newDatabaseFloor the replay floor of a file that was empty; it is set in the transaction that makes the tables
 */
export async function migrate(
  knex: Knex,
  migrations: readonly Migration[] = MIGRATIONS,
  newDatabaseFloor = 0,
): Promise<void> {
  const migrationSource: Knex.MigrationSource<Migration> = {
    getMigrations: async () => [...migrations],
    getMigrationName: ({ name }) => name,
    getMigration: async migration => ({
      ...migration,
      async up(transaction) {
        await migration.up(transaction)
        if (migration === migrations[0]) await setReplayFloor(transaction, newDatabaseFloor)
      },
    }),
  }
  // Knex's lock is a row, and outlives a process that was killed during a migration. Each step is a transaction of its
  // own, and SQLite lets one writer at a time begin one: that lock is enough.
  await knex.migrate.forceFreeMigrationsLock({ migrationSource })
  await knex.migrate.latest({ migrationSource })
}

/** Reports up to `floor` (ms) are refused from now on. */
export async function setReplayFloor(knex: Knex, floor: number): Promise<void> {
  await knex('meta').where({ name: 'replay-floor' }).update({ value: floor })
}

/** @returns the schema version, 0: an empty file. @throws StorageError `corrupt`: not ours; `newer-schema` */
export async function schemaOf(
  knex: Knex,
  files: DatabaseFiles,
  { newest = SCHEMA_VERSION, acceptBackup = false } = {},
): Promise<number> {
  const [row] = await knex.raw<{ application: number; version: number }[]>(
    'SELECT application_id AS application, user_version AS version FROM pragma_application_id, pragma_user_version',
  )
  const { application = 0, version = 0 } = row ?? {}
  if (application === BACKUP_APPLICATION_ID) {
    const advice = 'move it away and put it back with "ipupdater-admin restore FILE"'
    if (!acceptBackup) throw new StorageError('corrupt', `${files.main} is a backup`, { advice })
  } else if (application !== APPLICATION_ID && (application !== 0 || version !== 0)) {
    throw new StorageError('corrupt', `${files.main} is the database of another program`, {
      advice: 'move it away',
    })
  }
  assertNotNewer(version, files, newest)
  return version
}

/** @throws StorageError `newer-schema` */
export function assertNotNewer(
  version: number,
  { main }: Pick<DatabaseFiles, 'main'>,
  newest = SCHEMA_VERSION,
): void {
  if (version <= newest) return
  const versions = `its schema is ${version}, this program knows ${newest}`
  throw new StorageError('newer-schema', `${main} was written by a newer version (${versions})`, {
    advice: 'run that one',
  })
}

/** For programs that do not migrate. @throws StorageError `not-ready`, `newer-schema` */
export function assertReadableSchema(version: number, files: DatabaseFiles): void {
  assertNotNewer(version, files)
  if (version === SCHEMA_VERSION) return
  throw new StorageError('not-ready', `${files.main} is not set up yet`, {
    advice: 'start the receiver, which does that',
  })
}
