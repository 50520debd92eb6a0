import type { Knex } from 'knex'
import type { Question } from '../../read/read-views.ts'
import type { Bindings, Prepared } from '../connection.ts'
import { connect, dedicatedConnection, prepareAll } from '../connection.ts'
import type { DatabaseFiles } from '../files.ts'
import { identityOf } from '../files.ts'
import { assertReadableSchema } from '../schema.ts'
import type { VersionRow } from './reader-sql.ts'
import { READER_SQL, VERSION_SQL } from './reader-sql.ts'

/** Reading connections with prepared statements, kept as long as the file that they opened is in place. */
export interface LiveConnection {
  readonly knex: Knex
  /** SQLite's data version: another number if the data may differ. @throws StorageError */
  dataVersion(): Promise<number>
  ask<Row>(question: Question, bindings: Bindings): Promise<Row[]>
  isCurrent(): boolean
  close(): Promise<void>
}

/** How long to wait when SQLite needs a lock for a moment: recovery after a crash, the end of a clean stop. */
export const READ_BUSY_TIMEOUT_MS = 2000

/** Two, so that a short question does not wait for a long page. One more reads the version. */
const ANSWERING = 2
/** For backups. */
const SPARE = 1

/** @throws StorageError if this program cannot read the schema */
export async function openLiveConnection(files: DatabaseFiles): Promise<LiveConnection> {
  await using opening = new AsyncDisposableStack()
  const identity = identityOf(files.main)
  const pragmas = [`busy_timeout = ${READ_BUSY_TIMEOUT_MS}`]
  const knex = connect(files.main, { access: 'read', pragmas, connections: 1 + ANSWERING + SPARE })
  opening.defer(() => knex.destroy())
  const connection = async () => {
    const dedicated = await dedicatedConnection(knex)
    opening.defer(() => dedicated.release())
    return dedicated
  }
  const version = await (await connection()).prepare(VERSION_SQL)
  const dataVersion = async () => {
    const [row] = await version.all<VersionRow>()
    assertReadableSchema((row as VersionRow).schema, files)
    return (row as VersionRow).data
  }
  await dataVersion()
  const answering: Readonly<Record<Question, Prepared>>[] = []
  while (answering.length < ANSWERING) answering.push(await prepareAll(await connection(), READER_SQL))
  const resources = opening.move()
  let asked = 0
  return {
    knex,
    dataVersion,
    ask: <Row>(question: Question, bindings: Bindings) => {
      const statements = answering[asked++ % ANSWERING] as Record<Question, Prepared>
      return statements[question].all<Row>(bindings)
    },
    isCurrent: () => identityOf(files.main) === identity,
    close: () => resources.disposeAsync(),
  }
}
