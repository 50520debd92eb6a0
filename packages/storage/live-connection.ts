import type { Knex } from 'knex'
import { connect } from './connection.ts'
import type { DatabaseFiles } from './database-files.ts'
import { identityOf } from './database-files.ts'
import type { Prepared } from './held-connection.ts'
import { holdConnection } from './held-connection.ts'
import { READER_SQL } from './reader-sql.ts'

/** A reading connection that is kept while the file that it opened stands. */
export interface LiveConnection {
  readonly knex: Knex
  readonly version: Prepared
  isCurrent(): boolean
  close(): Promise<void>
}

/** How long to wait where SQLite needs a lock for a moment: recovery after a crash, the end of a clean stop. */
export const READ_BUSY_TIMEOUT_MS = 2000

/** Statements run side by side; one connection more is held for `version`. */
const CONNECTIONS = 3

export async function openLiveConnection(files: DatabaseFiles): Promise<LiveConnection> {
  await using opening = new AsyncDisposableStack()
  const identity = identityOf(files.main)
  const pragmas = [`busy_timeout = ${READ_BUSY_TIMEOUT_MS}`]
  const knex = connect(files.main, { access: 'read', pragmas, connections: CONNECTIONS })
  opening.defer(() => knex.destroy())
  const held = await holdConnection(knex)
  opening.defer(() => held.release())
  const version = await held.prepare(READER_SQL.version)
  const resources = opening.move()
  return {
    knex,
    version,
    isCurrent: () => identityOf(files.main) === identity,
    close: () => resources.disposeAsync(),
  }
}
