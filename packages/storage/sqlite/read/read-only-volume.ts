import type { Knex } from 'knex'
import type { Question } from '../../read/read-views.ts'
import { StorageError } from '../../storage-error.ts'
import type { Bindings } from '../connection.ts'
import { connect } from '../connection.ts'
import { isFault, storageFault } from '../faults.ts'
import type { DatabaseFiles } from '../files.ts'
import { contentMark, identityOf } from '../files.ts'
import { assertReadableSchema } from '../schema.ts'
import type { LiveConnection } from './live-connection.ts'
import { openLiveConnection } from './live-connection.ts'
import type { VersionRow } from './reader-sql.ts'
import { READER_SQL, VERSION_SQL } from './reader-sql.ts'

/** Where one read gets its rows from. */
export interface Source {
  readonly knex: Knex
  /** Differs if the data may differ. */
  version(): Promise<string>
  ask<Row>(question: Question, bindings: Bindings): Promise<Row[]>
}

/**
 * Reads a database whose volume is mounted read-only, in every state in which the receiver may leave it.
 *
 * In WAL mode SQLite needs the -wal and -shm files even to read, and cannot make them on such a volume. They exist
 * while the receiver runs, after it was killed, and after it stopped while someone was reading. Otherwise its clean
 * stop leaves a lone file. If that file is still in WAL mode, it can only be read as `immutable`, which is right as
 * long as nobody writes: so for one read, and only if by its end no -wal has appeared and nothing has changed.
 */
export class ReadOnlyVolume {
  readonly #files: DatabaseFiles
  readonly #newGeneration: () => string
  #live: Promise<Live> | null = null
  #isClosed = false

  /** `newGeneration` names a connection: the data versions of two connections cannot be compared. */
  constructor(files: DatabaseFiles, newGeneration: () => string) {
    this.#files = files
    this.#newGeneration = newGeneration
  }

  /** @throws StorageError */
  async read<Result>(ask: (source: Source) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new StorageError('closed', 'the reader is closed')
      try {
        return await this.#readLive(ask)
      } catch (error) {
        if (error instanceof StorageError || isFault(error, 'SQLITE_BUSY')) throw this.#fault(error)
        const read = await this.#readImmutable(error, ask)
        if (read !== null) return read.result
        // The files changed during the read: the receiver is starting or stopping.
        if (attempt === ATTEMPTS) throw this.#fault(error)
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const live = await this.#live?.catch(() => null)
    this.#live = null
    await live?.connection.close()
  }

  async #readLive<Result>(ask: (source: Source) => Promise<Result>): Promise<Result> {
    this.#live ??= this.#openLive()
    const opening = this.#live
    try {
      const { connection, source } = await opening
      if (!connection.isCurrent()) throw new Error('the database was removed or replaced')
      return await ask(source)
    } catch (error) {
      this.#forget(opening)
      throw error
    }
  }

  async #openLive(): Promise<Live> {
    const connection = await openLiveConnection(this.#files)
    const generation = this.#newGeneration()
    const { knex, ask } = connection
    const version = async () => `${generation}-${await connection.dataVersion()}`
    return { connection, source: { knex, version, ask } }
  }

  /** After any fault of a connection, the next read begins with a new one. */
  #forget(opening: Promise<Live>): void {
    if (this.#live !== opening) return
    this.#live = null
    opening.then(({ connection }) => connection.close()).catch(() => {})
  }

  /** Null: the file may not be read this way, or no longer. */
  async #readImmutable<Result>(
    error: unknown,
    ask: (source: Source) => Promise<Result>,
  ): Promise<{ result: Result } | null> {
    if (!isFault(error, 'SQLITE_CANTOPEN')) return null
    const { main, wal } = this.#files
    const mark = contentMark(main)
    if (mark === null || identityOf(wal) !== null) return null
    const isUnchanged = () => identityOf(wal) === null && contentMark(main) === mark
    const knex = connect(main, { access: 'immutable' })
    try {
      const [row] = await knex.raw<VersionRow[]>(VERSION_SQL)
      assertReadableSchema((row as VersionRow).schema, this.#files)
      const result = await ask({
        knex,
        version: async () => `immutable-${mark}`,
        ask: <Row>(question: Question, bindings: Bindings) =>
          knex.raw(READER_SQL[question], bindings) as unknown as Promise<Row[]>,
      })
      return isUnchanged() ? { result } : null
    } catch (error) {
      if (isUnchanged()) throw this.#fault(error)
      return null
    } finally {
      await knex.destroy()
    }
  }

  #fault(error: unknown): StorageError {
    const fault = storageFault(error, this.#files)
    if (fault.code !== 'io' || !isFault(error, 'SQLITE_CANTOPEN')) return fault
    // A -wal without its -shm: only a writer can tell which part of it counts.
    const advice = 'start the receiver, which makes one'
    return new StorageError('not-ready', `${this.#files.wal} has no -shm file next to it`, {
      advice,
      cause: error,
    })
  }
}

const ATTEMPTS = 3

interface Live {
  readonly connection: LiveConnection
  readonly source: Source
}
