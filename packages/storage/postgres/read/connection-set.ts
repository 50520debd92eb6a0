import type { Knex } from 'knex'
import type { Client, QueryConfig } from 'pg'
import { StorageError } from '../../storage-error.ts'
import { connect, DedicatedConnection, SETTINGS } from '../connection.ts'
import { postgresFault } from '../faults.ts'
import type { Server } from '../server.ts'
import { IDENTITY_SQL } from './reader-sql.ts'

/**
 * A reader's connections, all to one server: behind a proxy, the next connection may lead to another one, where the same
 * version means other data. Then, and after a fault of the network, all of them are replaced.
 */
export class ConnectionSet {
  readonly #server: Server
  readonly #timeoutMs: number
  #knex: Knex | null = null
  /** Of the server that the first connection led to. */
  #identity: string | null = null
  readonly #closing = new Set<Promise<void>>()
  #isClosed = false

  constructor(server: Server, timeoutMs: number) {
    this.#server = server
    this.#timeoutMs = timeoutMs
  }

  /** @returns the rows, and the identity of the server that they are from. @throws StorageError */
  async query<Row extends object>(query: QueryConfig): Promise<{ rows: Row[]; identity: string }> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new StorageError('closed', 'the reader is closed')
      this.#knex ??= this.#connect()
      const knex = this.#knex
      try {
        return await this.#queryOn<Row>(knex, query)
      } catch (error) {
        const isOtherServer = error instanceof OtherServerError
        const fault = isOtherServer ? this.#mixed(error) : postgresFault(error, this.#server)
        // Another query has met a fault meanwhile, and closed the connection of this one.
        const isReplaced = this.#knex !== knex
        if (fault.code === 'unreachable') this.#discard(knex)
        if (!(isOtherServer || isReplaced) || attempt === ATTEMPTS) throw fault
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#knex !== null) this.#discard(this.#knex)
    await Promise.all(this.#closing)
  }

  async #queryOn<Row extends object>(knex: Knex, query: QueryConfig) {
    const connection = await DedicatedConnection.take(knex, this.#server, this.#timeoutMs)
    const identity = this.#identity ?? ''
    try {
      return { rows: await connection.query<Row>(query), identity }
    } finally {
      await connection.release()
    }
  }

  #connect(): Knex {
    let own: string | null = null
    this.#identity = null
    const assertSameServer = async (raw: Client) => {
      const { rows } = await raw.query<{ identity: string }>(IDENTITY_SQL)
      const identity = rows[0]?.identity ?? ''
      own ??= identity
      if (identity !== own) throw new OtherServerError()
      this.#identity = own
    }
    return connect(this.#server, {
      settings: READER_SETTINGS,
      connections: CONNECTIONS,
      prepare: assertSameServer,
    })
  }

  #discard(knex: Knex): void {
    if (this.#knex === knex) this.#knex = null
    const closing = knex.destroy().catch(() => {})
    this.#closing.add(closing)
    closing.finally(() => this.#closing.delete(closing))
  }

  #mixed(cause: unknown): StorageError {
    return new StorageError('unreachable', `${this.#server.name} leads to one server, then to another`, {
      advice: 'let the proxy send each reader to one server',
      cause,
    })
  }
}

class OtherServerError extends Error {}

/** A new set may lead to different servers again, or be replaced again by another query. */
const ATTEMPTS = 3

/** So that a short question does not wait for a long page. */
const CONNECTIONS = 4

const READER_SETTINGS = [...SETTINGS, 'default_transaction_read_only = on', "statement_timeout = '10s'"]
