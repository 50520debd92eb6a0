import { pathToFileURL } from 'node:url'
import type { Knex } from 'knex'
import knex from 'knex'
import type { Database, Statement } from 'sqlite3'

/** What a connection may do; `create` also makes the file. */
export type Access = keyof typeof MODES

/**
 * SQLite's URI parameters (sqlite.org/uri.html). `immutable` promises that nobody writes, so SQLite takes no locks and
 * looks for no -wal. It is right only for a file without a -wal next to it, and only as long as that stays so.
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

/** A Knex on one SQLite file. It opens nothing before the first query. */
export function connect(file: string, { access, pragmas = [], connections = 1 }: ConnectOptions): Knex {
  return knex({
    client: 'sqlite3',
    useNullAsDefault: true,
    log: SILENT,
    compileSqlOnError: false, // a message would hold the values, which may be secrets
    connection: { filename: `${pathToFileURL(file).href}?${MODES[access]}`, flags: ['OPEN_URI'] },
    pool: {
      // Never closed when idle: a connection remembers the schema and the pages it has read.
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

/**
 * A connection taken out of Knex's pool for the few statements that run all the time: prepared once, they cost the
 * main thread a third of `knex.raw` (12 µs instead of 40 µs a call).
 */
export interface DedicatedConnection {
  prepare(sql: string): Promise<Prepared>
  exec(sql: string): Promise<void>
  /** Gives the connection back to the pool and drops its statements. A second call does nothing. */
  release(): Promise<void>
}

export interface Prepared {
  /** Runs to the end, so that no half-read statement keeps a read transaction open. */
  all<Row>(parameters?: Parameters): Promise<Row[]>
  run(parameters?: Parameters): Promise<void>
}

/** In order, or by the name after the colon in the statement; exactly those that it has. */
export type Parameters = readonly Parameter[] | Bindings
export type Parameter = string | number | boolean | null
export type Bindings = Readonly<Record<string, Parameter>>

export async function dedicatedConnection(knex: Knex): Promise<DedicatedConnection> {
  const raw: Database = await knex.client.acquireConnection()
  const statements: Statement[] = []
  let isReleased = false
  return {
    prepare: sql =>
      new Promise((resolve, reject) => {
        const statement = raw.prepare(sql, error => {
          if (error) return reject(error)
          statements.push(statement)
          resolve(prepared(statement))
        })
      }),
    exec: sql => settle(done => raw.exec(sql, done)),
    release: async () => {
      if (isReleased) return
      isReleased = true
      // SQLite does not close a connection that still has statements.
      await Promise.all(statements.map(statement => settle(done => statement.finalize(done))))
      await knex.client.releaseConnection(raw)
    },
  }
}

/** Prepares each statement of a record. */
export async function prepareAll<Name extends string>(
  connection: DedicatedConnection,
  statements: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, Prepared>>> {
  const names = Object.keys(statements) as Name[]
  const prepared = names.map(async name => [name, await connection.prepare(statements[name])] as const)
  return Object.fromEntries(await Promise.all(prepared)) as Record<Name, Prepared>
}

/** Runs `work` in a write transaction. Once this resolves, all of it is on disk; if it rejects, none of it is. */
export type Transaction = <Result>(work: () => Promise<Result>) => Promise<Result>

export async function prepareTransaction(connection: DedicatedConnection): Promise<Transaction> {
  // IMMEDIATE takes the write lock first: what was read cannot have changed by the time it is written.
  const begin = await connection.prepare('BEGIN IMMEDIATE')
  const commit = await connection.prepare('COMMIT')
  const rollback = await connection.prepare('ROLLBACK')
  return async work => {
    await begin.run()
    try {
      const result = await work()
      await commit.run()
      return result
    } catch (error) {
      // After some faults (a full disk, for example) SQLite has rolled back by itself, and ROLLBACK is an error.
      await rollback.run().catch(() => {})
      throw error
    }
  }
}

function prepared(statement: Statement): Prepared {
  return {
    all: <Row>(parameters: Parameters = []) =>
      new Promise<Row[]>((resolve, reject) => {
        statement.all<Row>(bound(parameters), (error, rows) => (error ? reject(error) : resolve(rows)))
      }),
    run: (parameters = []) => settle(done => statement.run(bound(parameters), done)),
  }
}

function bound(parameters: Parameters): unknown {
  if (Array.isArray(parameters)) return parameters
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`:${name}`, value]))
}

function settle(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start(error => (error ? reject(error) : resolve())))
}
