import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '@ipupdater/runtime'
import type { Knex } from 'knex'
import knex from 'knex'
import type { Database } from 'sqlite3'
import { outbox } from './migrations/0001-outbox.ts'

/** Whether a notifier has run with this directory. */
export function outboxExists(dir: string): boolean {
  return existsSync(join(dir, FILE))
}

/** Opens `notifier.sqlite` in `dir`, made and migrated as needed. @throws StartError if it cannot be opened */
export async function connect(dir: string): Promise<Knex> {
  const file = join(dir, FILE)
  const database = knex({
    client: 'sqlite3',
    useNullAsDefault: true,
    log: SILENT,
    connection: { filename: file },
    pool: {
      min: 1,
      max: 1,
      afterCreate: (raw: Database, done: (error: Error | null, raw: Database) => void) => {
        raw.exec(PRAGMAS.map(pragma => `PRAGMA ${pragma};`).join(' '), error => done(error, raw))
      },
    },
  })
  try {
    // Knex's lock is a row that outlives a killed process. SQLite lets one writer at a time migrate anyway.
    await database.migrate.forceFreeMigrationsLock(CONFIG)
    await database.migrate.latest(CONFIG)
    return database
  } catch (error) {
    await database.destroy()
    throw new StartError(
      'database',
      `${file} cannot be opened: ${error instanceof Error ? error.message : error}.`,
      'free space on its disk, or move the file away: then nothing from before is announced.',
      { cause: error },
    )
  }
}

const FILE = 'notifier.sqlite'

const PRAGMAS = ['journal_mode = WAL', 'synchronous = FULL', 'busy_timeout = 5000', 'cache_size = -4096']

const CONFIG: Knex.MigratorConfig = {
  migrationSource: {
    getMigrations: async () => [outbox],
    getMigrationName: ({ name }: typeof outbox) => name,
    getMigration: async (migration: typeof outbox) => migration,
  },
}

/** Knex would print what it also throws. */
const SILENT: Knex.Logger = { debug: () => {}, warn: () => {}, error: () => {}, deprecate: () => {} }
