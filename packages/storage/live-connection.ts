import type { Knex } from 'knex'
import { connect } from './connection.ts'
import type { DatabaseFiles } from './database-files.ts'
import { identityOf } from './database-files.ts'
import type { Bindings, Prepared } from './held-connection.ts'
import { holdConnection, prepareAll } from './held-connection.ts'
import type { Question, VersionRow } from './reader-sql.ts'
import { READER_SQL, VERSION_SQL } from './reader-sql.ts'
import { assertReadableSchema } from './schema.ts'

/** A reading connection that is kept while the file that it opened stands, with its statements prepared. */
export interface LiveConnection {
  readonly knex: Knex
  /** SQLite's data version: another number if the data may be others. @throws StorageError */
  dataVersion(): Promise<number>
  ask<Row>(question: Question, bindings: Bindings): Promise<Row[]>
  isCurrent(): boolean
  close(): Promise<void>
}

/** How long to wait where SQLite needs a lock for a moment: recovery after a crash, the end of a clean stop. */
export const READ_BUSY_TIMEOUT_MS = 2000

/** Those that answer questions, so that a long page does not keep a short one waiting; and one for the version. */
const ANSWERING = 2
/** For what is rare: a backup. */
const SPARE = 1

/** @throws StorageError where the schema cannot be read */
export async function openLiveConnection(files: DatabaseFiles): Promise<LiveConnection> {
  await using opening = new AsyncDisposableStack()
  const identity = identityOf(files.main)
  const pragmas = [`busy_timeout = ${READ_BUSY_TIMEOUT_MS}`]
  const knex = connect(files.main, { access: 'read', pragmas, connections: 1 + ANSWERING + SPARE })
  opening.defer(() => knex.destroy())
  const hold = async () => {
    const held = await holdConnection(knex)
    opening.defer(() => held.release())
    return held
  }
  const version = await (await hold()).prepare(VERSION_SQL)
  const dataVersion = async () => {
    const [row] = await version.all<VersionRow>()
    assertReadableSchema((row as VersionRow).schema, files)
    return (row as VersionRow).data
  }
  await dataVersion()
  const answering: Readonly<Record<Question, Prepared>>[] = []
  while (answering.length < ANSWERING) answering.push(await prepareAll(await hold(), READER_SQL))
  const resources = opening.move()
  let asked = 0
  return {
    knex,
    dataVersion,
    ask: <Row>(question: Question, bindings: Bindings) => {
      const statements = answering[asked++ % ANSWERING] as Record<Question, Prepared>
      return statements[question].allOf<Row>(bindings)
    },
    isCurrent: () => identityOf(files.main) === identity,
    close: () => resources.disposeAsync(),
  }
}
