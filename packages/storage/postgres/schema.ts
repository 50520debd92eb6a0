import { StorageError } from '../storage-error.ts'
import type { DedicatedConnection } from './connection.ts'
import { tenures } from './migrations/0001-tenures.ts'
import { kinds } from './migrations/0002-kinds.ts'
import type { Server } from './server.ts'

/** One step of the schema, with the number and the name of SQLite's. Released steps never change. */
export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
}

/** In order. The number of steps taken is in `meta`, which each step sets. */
export const MIGRATIONS: readonly Migration[] = [tenures, kinds]

export const SCHEMA_VERSION = MIGRATIONS.length

/**
 * Takes the steps that the database lacks, in the caller's transaction. One program at a time; others wait.
 *
 * @returns the schema version before, 0: an empty database
 * @throws StorageError `newer-schema`; `corrupt`: the tables of another program
 */
export async function migrate(
  connection: DedicatedConnection,
  server: Server,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  await connection.query(`SELECT pg_advisory_xact_lock(${LOCKS.schema})`)
  const version = await schemaOf(connection, server)
  assertNotNewer(version, server, migrations.length)
  for (const { statements } of migrations.slice(version)) {
    for (const statement of statements) await connection.query(statement)
  }
  return version
}

/** Advisory locks of this project: "ipup" as an integer, and a number. */
export const LOCKS = { schema: '1768977776, 1', retention: '1768977776, 2' } as const

/** @returns the schema version, 0: no tables of ours. @throws StorageError `corrupt` */
export async function schemaOf(connection: DedicatedConnection, server: Server): Promise<number> {
  const [tables] = await connection.query<{ has: boolean }>(`SELECT to_regclass('meta') IS NOT NULL AS has`)
  if (!tables?.has) return 0
  const [row] = await connection.query<{ version: number }>(
    `SELECT value::float8 AS version FROM meta WHERE name = 'schema'`,
  )
  if (row !== undefined) return row.version
  throw new StorageError('corrupt', `${server.name} is the database of another program`, {
    advice: 'create one for ipupdater alone',
  })
}

/** @throws StorageError `newer-schema` */
export function assertNotNewer(version: number, { name }: Server, newest = SCHEMA_VERSION): void {
  if (version <= newest) return
  const versions = `its schema is ${version}, this program knows ${newest}`
  throw new StorageError('newer-schema', `${name} was written by a newer version (${versions})`, {
    advice: 'run that one',
  })
}

/** For programs that do not migrate. @throws StorageError `not-ready`, `newer-schema` */
export function assertReadableSchema(version: number, server: Server): void {
  assertNotNewer(version, server)
  if (version === SCHEMA_VERSION) return
  throw new StorageError('not-ready', `${server.name} is not set up yet`, {
    advice: 'start the receiver, which does that',
  })
}
