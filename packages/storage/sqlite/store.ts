import type { DeviceName } from '@ipupdater/protocol'
import type { CommitOutcome, Report, Store, StoreOptions, TimeReset } from '../contract.ts'
import type { EncodedReport } from '../decide.ts'
import { encodeReport } from '../decide.ts'
import { GroupCommit } from '../group-commit.ts'
import type { StorageErrorCode } from '../storage-error.ts'
import { StorageError } from '../storage-error.ts'
import { copyAside } from './backup/backup.ts'
import { storageFault } from './faults.ts'
import type { DatabaseFiles } from './files.ts'
import { filesOf } from './files.ts'
import type { Migration } from './schema.ts'
import { MIGRATIONS } from './schema.ts'
import type { Writer } from './writer.ts'
import { openWriter } from './writer.ts'

/**
 * Opens or creates the database, migrates it and makes it readable for `:ro` readers.
 *
 * @param migrations for tests: the schema's steps, in order
 * @throws StorageError
 */
export async function openSqliteStore(
  file: string,
  options: StoreOptions = {},
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Store> {
  const store = new SqliteStore(file, options, migrations)
  await store.open()
  return store
}

class SqliteStore implements Store {
  readonly #files: DatabaseFiles
  readonly #options: StoreOptions
  readonly #migrations: readonly Migration[]
  readonly #uptimeMs: () => number
  readonly #group = new GroupCommit<EncodedReport, CommitOutcome>(reports => this.#commitBatch(reports))
  #writer: Writer | null = null
  #isClosed = false
  /** When something was last written, by #uptimeMs; after a fault, never. */
  #lastWrite = Number.NEGATIVE_INFINITY
  #probe: Promise<void> | null = null

  constructor(file: string, options: StoreOptions, migrations: readonly Migration[]) {
    this.#files = filesOf(file)
    this.#options = options
    this.#migrations = migrations
    this.#uptimeMs = options.uptimeMs ?? (() => performance.now())
  }

  async open(): Promise<void> {
    try {
      this.#writer = await this.#openWriter('create')
    } catch (error) {
      throw storageFault(error, this.#files)
    }
  }

  async commit(report: Report): Promise<CommitOutcome> {
    this.#assertOpen()
    return this.#group.add(encodeReport(report))
  }

  async checkWritable(): Promise<void> {
    this.#assertOpen()
    if (this.#uptimeMs() - this.#lastWrite < TRUST_LAST_WRITE_MS) return
    this.#probe ??= this.#group
      .runExclusive(() => this.#use(writer => writer.probeWrite()))
      .then(() => this.#wrote())
      .finally(() => {
        this.#probe = null
      })
    await this.#probe
  }

  async prune(beforeMs: number, limit: number): Promise<number> {
    this.#assertOpen()
    return this.#group.runExclusive(() => this.#use(writer => writer.prune(beforeMs, limit)))
  }

  async resetTimes(device: DeviceName, now: number): Promise<TimeReset | null> {
    this.#assertOpen()
    return this.#group.runExclusive(() => this.#use(writer => writer.resetTimes(device, now)))
  }

  async forget(device: DeviceName): Promise<boolean> {
    this.#assertOpen()
    return this.#group.runExclusive(() => this.#use(writer => writer.forget(device)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#group.idle()
    await this.#writer?.finish()
    this.#writer = null
  }

  async #commitBatch(reports: readonly EncodedReport[]): Promise<CommitOutcome[]> {
    const started = this.#uptimeMs()
    const outcomes = await this.#use(writer => writer.commit(reports))
    const changes = outcomes.filter(outcome => !('refused' in outcome || outcome.repeated)).length
    if (changes > 0) {
      this.#wrote()
      this.#options.onCommit?.({ updates: changes, seconds: (this.#uptimeMs() - started) / 1000 })
    }
    return outcomes
  }

  #wrote(): void {
    this.#lastWrite = this.#uptimeMs()
  }

  /** Never overlaps with itself: all calls come through the group. */
  async #use<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    try {
      const result = await this.#tryOrReclaim(work)
      await this.#writer?.assertInPlace()
      return result
    } catch (error) {
      const fault = storageFault(error, this.#files)
      this.#lastWrite = Number.NEGATIVE_INFINITY
      if (!KEEPS_CONNECTION.has(fault.code)) await this.#abandonWriter(fault)
      throw fault
    }
  }

  /** On a full volume, tries again with the space that the WAL held: the first try left nothing behind. */
  async #tryOrReclaim<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    this.#writer ??= await this.#openWriter('write')
    // Checked before the work and after it, so that nothing is written to a file that is no longer in place.
    await this.#writer.assertInPlace()
    try {
      return await work(this.#writer)
    } catch (error) {
      if (storageFault(error, this.#files).code !== 'full') throw error
      await this.#writer.reclaim()
      return await work(this.#writer)
    }
  }

  async #openWriter(access: 'create' | 'write'): Promise<Writer> {
    const { newDatabaseFloor = 0, reserve = false, log } = this.#options
    const migrations = this.#migrations
    const writer = await openWriter(this.#files, {
      access,
      reserve,
      migrations,
      newDatabaseFloor,
      beforeMigration: async (knex, version) => {
        const copy = `${this.#files.main}.schema-${version}`
        await copyAside(knex, this.#files.main, copy)
        log?.info('backup made before the migration', { file: copy, from: version, to: migrations.length })
      },
    })
    log?.info('database open', { file: this.#files.main })
    return writer
  }

  /** The next use opens the database again, so it works as soon as the cause is gone. */
  async #abandonWriter(fault: StorageError): Promise<void> {
    const writer = this.#writer
    this.#writer = null
    if (writer === null) return
    this.#options.log?.warn('database closed after a fault', { code: fault.code, fault: fault.message })
    await writer.abandon().catch(() => {})
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StorageError('closed', 'the store is closed')
  }
}

/** A health check that is polled must not become a flood of fsyncs. */
const TRUST_LAST_WRITE_MS = 30_000

/** Faults after which the connection is still good. */
const KEEPS_CONNECTION: ReadonlySet<StorageErrorCode> = new Set(['full', 'busy'])
