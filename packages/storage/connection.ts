import { pathToFileURL } from 'node:url'
import type { Knex } from 'knex'
import knex from 'knex'
import type { Database } from 'sqlite3'

/** What a connection may do; `create` also makes the file. */
export type Access = keyof typeof MODES

/**
 * SQLite's URI parameters (sqlite.org/uri.html). `immutable` means: nobody writes, so take no locks and look for no
 * -wal. It is right only for a file without a -wal beside it, and only as long as that stays so.
 */
const MODES = {
  create: 'mode=rwc',
  write: 'mode=rw',
  read: 'mode=ro',
  immutable: 'mode=ro&immutable=1',
} as const

export interface ConnectOptions {
  readonly access: Access
  /** Run on every connection of the pool before its first use, such as `busy_timeout = 2000`. */
  readonly pragmas?: readonly string[]
  readonly connections?: number
}

/** A Knex on one SQLite file. Opens nothing before the first query. */
export function connect(file: string, { access, pragmas = [], connections = 1 }: ConnectOptions): Knex {
  return knex({
    client: 'sqlite3',
    useNullAsDefault: true,
    log: SILENT,
    connection: { filename: `${pathToFileURL(file).href}?${MODES[access]}`, flags: ['OPEN_URI'] },
    pool: {
      // Never closed for idleness: a connection remembers the schema and the pages it has read.
      min: connections,
      max: connections,
      afterCreate: (raw: Database, done: (error: Error | null, raw: Database) => void) => {
        raw.exec(pragmas.map(pragma => `PRAGMA ${pragma};`).join(' '), error => done(error, raw))
      },
    },
  })
}

/** Knex would write to the console what it also throws. */
const SILENT: Knex.Logger = { debug: () => {}, warn: () => {}, error: () => {}, deprecate: () => {} }
