import type { Knex } from 'knex'
import knex from 'knex'
import type { Client, QueryConfig, QueryResult } from 'pg'
import { StorageError } from '../storage-error.ts'
import type { Server } from './server.ts'

export interface ConnectOptions {
  /** Run on every connection of the pool before its first use. */
  readonly settings: readonly string[]
  /** Default: 1. */
  readonly connections?: number
  /** Called with every connection of the pool before its first use. If it rejects, the connection is not used. */
  readonly prepare?: (raw: Client) => Promise<void>
}

/** A Knex on one database. It loads `pg`, and connects at the first use. */
export function connect({ url }: Server, { settings, connections = 1, prepare }: ConnectOptions): Knex {
  const begin = async (raw: Client) => {
    try {
      await raw.query(settings.map(setting => `SET ${setting}`).join(';'))
      await prepare?.(raw)
    } catch (error) {
      raw.end().catch(() => {}) // the pool forgets it
      throw error
    }
  }
  return knex({
    client: 'pg',
    log: SILENT,
    compileSqlOnError: false, // a message would hold the values
    connection: {
      connectionString: url,
      application_name: 'ipupdater',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    },
    acquireConnectionTimeout: 2 * CONNECT_TIMEOUT_MS,
    pool: {
      min: 0,
      max: connections,
      afterCreate: (raw: Client, done: (error: Error | null, raw: Client) => void) => {
        begin(raw).then(
          () => done(null, raw),
          error => done(error, raw),
        )
      },
    },
  })
}

const CONNECT_TIMEOUT_MS = 5000

/** Knex would write to the console what it also throws. */
const SILENT: Knex.Logger = { debug: () => {}, warn: () => {}, error: () => {}, deprecate: () => {} }

/** What every session of ours needs. They are set by SQL: pgbouncer drops what is given when connecting. */
export const SETTINGS = [
  'client_min_messages = warning', // see `commit`
  "default_transaction_isolation = 'read committed'",
  // One plan for each statement, which the tests look at, whatever its values are.
  'plan_cache_mode = force_generic_plan',
  'jit = off', // for long analyses; it would compile a statement of a millisecond for a hundred
] as const

/** A connection taken out of Knex's pool, for statements that are prepared once under a name. */
export class DedicatedConnection {
  readonly #knex: Knex
  readonly #raw: Client
  readonly #server: Server
  readonly #timeoutMs: number
  #isLost = false
  #isReleased = false

  /** `timeoutMs`: without an answer for so long, the connection is destroyed. */
  static async take(knex: Knex, server: Server, timeoutMs: number): Promise<DedicatedConnection> {
    return new DedicatedConnection(knex, await knex.client.acquireConnection(), server, timeoutMs)
  }

  private constructor(knex: Knex, raw: Client, server: Server, timeoutMs: number) {
    this.#knex = knex
    this.#raw = raw
    this.#server = server
    this.#timeoutMs = timeoutMs
    raw.once('end', this.#lose)
    raw.once('error', this.#lose)
  }

  /** It ended by itself, or after a timeout. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** @throws StorageError `unreachable` after the timeout; errors of the driver */
  async query<Row extends object>(query: string | QueryConfig): Promise<Row[]> {
    return (await this.#run<Row>(query)).rows
  }

  async #run<Row extends object>(query: string | QueryConfig): Promise<QueryResult<Row>> {
    const timeoutMs = this.#timeoutMs
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      // Closes the socket, because a query is active: a statement that waits on the server ends by nothing else.
      this.#raw.end().catch(() => {})
    }, timeoutMs)
    try {
      return await this.#raw.query<Row>(query as QueryConfig)
    } catch (error) {
      if (!isLate) throw error
      this.#isLost = true
      throw new StorageError('unreachable', `${this.#server.name} gave no answer for ${timeoutMs / 1000} s`, {
        advice: 'check the network, the server and its synchronous standbys',
        cause: error,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Runs `work` in a transaction. Once this resolves, all of it is durable; if it rejects, the caller cannot know. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.query('BEGIN')
    try {
      const result = await work()
      await this.#commit()
      return result
    } catch (error) {
      if (!this.#isLost) await this.query('ROLLBACK').catch(() => {}) // the first error is the one to report
      throw error
    }
  }

  /**
   * COMMIT answers with a warning if its wait for a synchronous standby was cancelled: the commit is on the disk of this
   * server only (postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION). It answers with ROLLBACK if the
   * transaction had failed.
   */
  async #commit(): Promise<void> {
    let warning: string | undefined
    const listen = (notice: { message: string | undefined }) => {
      warning ??= notice.message ?? 'a warning'
    }
    this.#raw.on('notice', listen)
    try {
      const { command } = await this.#run('COMMIT')
      if (command !== 'COMMIT') warning ??= command
    } finally {
      this.#raw.off('notice', listen)
    }
    if (warning === undefined) return
    throw new StorageError('unreachable', `${this.#server.name} did not confirm a commit (${warning})`, {
      advice: 'check its synchronous standbys',
    })
  }

  /** Gives the connection back to the pool. A second call does nothing. */
  async release(): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#raw.off('end', this.#lose)
    this.#raw.off('error', this.#lose)
    await this.#knex.client.releaseConnection(this.#raw)
  }

  readonly #lose = () => {
    this.#isLost = true
  }
}
