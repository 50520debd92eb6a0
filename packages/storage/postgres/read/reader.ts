import { createHash } from 'node:crypto'
import type { Reader, ReaderOptions } from '../../contract.ts'
import type { Question } from '../../read/read-views.ts'
import { readViews } from '../../read/read-views.ts'
import { StorageError } from '../../storage-error.ts'
import { assertReadableSchema } from '../schema.ts'
import type { Server } from '../server.ts'
import { serverOf } from '../server.ts'
import { ANSWER_TIMEOUT_MS } from '../store.ts'
import { ConnectionSet } from './connection-set.ts'
import type { NumberedStatement } from './reader-sql.ts'
import { CLOCK_SQL, LAST_SIGN_OF_LIFE_SQL, numbered, READER_SQL, VERSION_SQL } from './reader-sql.ts'

const questions = Object.keys(READER_SQL) as Question[]
const STATEMENTS = Object.fromEntries(questions.map(name => [name, numbered(READER_SQL[name])])) as Readonly<
  Record<Question, NumberedStatement>
>

/** Connects at the first call. A standby serves as well, and an account that may only read. */
export function openPostgresReader(
  url: string,
  { now = Date.now }: ReaderOptions = {},
  timeoutMs = ANSWER_TIMEOUT_MS,
): Reader {
  const server = serverOf(url)
  const connections = new ConnectionSet(server, timeoutMs)
  return readViews(
    {
      async version() {
        const query = { name: 'version', text: VERSION_SQL }
        const { rows, identity } = await connections.query<VersionRow>(query)
        const { snapshot, schema } = rows[0] as VersionRow // one row, whatever the tables hold
        assertReadableSchema(schema ?? 0, server)
        return hashOf(`${identity} ${snapshot}`)
      },
      async ask<Row>(question: Question, bindings: Readonly<Record<string, unknown>>) {
        const { text, names } = STATEMENTS[question]
        const values = names.map(name => bindings[name])
        return (await connections.query<Row & object>({ name: question, text, values })).rows
      },
      lastSignOfLife: () => lastSignOfLife(connections, server),
      async clock() {
        const { rows } = await connections.query<{ now: number }>({ name: 'clock', text: CLOCK_SQL })
        return rows[0]?.now ?? null
      },
      close: () => connections.close(),
    },
    now,
  )
}

/** @throws StorageError `unsuitable`: a standby has no rows of an unlogged table */
async function lastSignOfLife(connections: ConnectionSet, server: Server): Promise<number | null> {
  try {
    const query = { name: 'lastSignOfLife', text: LAST_SIGN_OF_LIFE_SQL }
    const { rows } = await connections.query<{ at: number | null }>(query)
    return rows[0]?.at ?? null
  } catch (error) {
    const { code } = ((error as StorageError).cause ?? {}) as { code?: unknown }
    if (code !== FEATURE_NOT_SUPPORTED) throw error
    const advice = 'connect the notifier to the primary'
    throw new StorageError('unsuitable', `${server.name} is a standby`, { advice, cause: error })
  }
}

const FEATURE_NOT_SUPPORTED = '0A000'

interface VersionRow {
  readonly snapshot: string
  readonly schema: number | null
}

/** A snapshot lists the transactions in progress, as many as there are. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
