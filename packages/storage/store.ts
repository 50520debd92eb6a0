import { encodeProof } from '@ipupdater/protocol'
import type { DatabaseFiles } from './database-files.ts'
import { databaseFiles } from './database-files.ts'
import type { AcceptedUpdate, CommitOutcome, EncodedUpdate } from './decide.ts'
import { GroupCommit } from './group-commit.ts'
import { storageFault } from './sqlite-fault.ts'
import type { StorageErrorCode } from './storage-error.ts'
import { StorageError } from './storage-error.ts'
import type { Writer } from './writer.ts'
import { openWriter } from './writer.ts'

export interface Store extends AsyncDisposable {
  /** Resolves after the fsync. Calls made while another commit is under way share the next one. @throws StorageError */
  commit(update: AcceptedUpdate): Promise<CommitOutcome>
  /** Could an update be committed now? Commits something small to find out, at most once a second. @throws StorageError */
  checkWritable(): Promise<void>
  /**
   * Deletes at most `limit` tenures and outages that ended before `beforeMs`; the address a device holds is never one.
   * @returns how many; fewer than `limit`: there are no more
   */
  prune(beforeMs: number, limit: number): Promise<number>
}

export interface StoreOptions {
  readonly dir: string
  /** After each durable transaction that changed something, for metrics. */
  readonly onCommit?: (batch: CommittedBatch) => void
  readonly log?: StoreLog
  /** Milliseconds that only ever go forwards, for durations. */
  readonly uptimeMs?: () => number
}

export interface CommittedBatch {
  readonly updates: number
  readonly seconds: number
}

export interface StoreLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/**
 * Opens or creates the database, migrates it and makes it readable for `:ro` readers.
 * @throws StorageError
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const store = new SqliteStore(options)
  await store.open()
  return store
}

class SqliteStore implements Store {
  readonly #files: DatabaseFiles
  readonly #onCommit: (batch: CommittedBatch) => void
  readonly #log: StoreLog
  readonly #uptimeMs: () => number
  readonly #group = new GroupCommit<EncodedUpdate, CommitOutcome>(updates => this.#commitBatch(updates))
  #writer: Writer | null = null
  #closed = false
  #lastCommit = Number.NEGATIVE_INFINITY
  #check: Promise<void> | null = null

  constructor({ dir, onCommit, log, uptimeMs }: StoreOptions) {
    this.#files = databaseFiles(dir)
    this.#onCommit = onCommit ?? (() => {})
    this.#log = log ?? { info: () => {}, warn: () => {} }
    this.#uptimeMs = uptimeMs ?? (() => performance.now())
  }

  async open(): Promise<void> {
    try {
      this.#writer = await this.#openWriter('create')
    } catch (error) {
      throw storageFault(error, this.#files)
    }
  }

  async commit({ proof, ...update }: AcceptedUpdate): Promise<CommitOutcome> {
    this.#assertOpen()
    return this.#group.add({ ...update, proof: encodeProof(proof) })
  }

  async checkWritable(): Promise<void> {
    this.#assertOpen()
    if (this.#uptimeMs() - this.#lastCommit < CHECK_EVERY_MS) return
    this.#check ??= this.#group
      .between(() => this.#use(writer => writer.rehearse()))
      .finally(() => {
        this.#check = null
      })
    await this.#check
  }

  async prune(beforeMs: number, limit: number): Promise<number> {
    this.#assertOpen()
    return this.#group.between(() => this.#use(writer => writer.prune(beforeMs, limit)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#group.idle()
    await this.#writer?.finish()
    this.#writer = null
  }

  async #commitBatch(updates: readonly EncodedUpdate[]): Promise<CommitOutcome[]> {
    const started = this.#uptimeMs()
    const outcomes = await this.#use(writer => writer.commit(updates))
    const changes = outcomes.filter(outcome => !('refused' in outcome || outcome.repeated)).length
    if (changes > 0) this.#onCommit({ updates: changes, seconds: (this.#uptimeMs() - started) / 1000 })
    return outcomes
  }

  /** Never overlaps with itself: all calls come through the group. */
  async #use<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    try {
      const result = await this.#tryOrReclaim(work)
      await this.#writer?.assertInPlace()
      this.#lastCommit = this.#uptimeMs()
      return result
    } catch (error) {
      const fault = storageFault(error, this.#files)
      this.#lastCommit = Number.NEGATIVE_INFINITY
      if (!KEEPS_CONNECTION.has(fault.code)) await this.#abandonWriter(fault)
      throw fault
    }
  }

  /** On a full volume, tries once more with the space that the WAL has held: the first try left nothing behind. */
  async #tryOrReclaim<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    this.#writer ??= await this.#openWriter('write')
    // Before the work as well as after it: what is going to be refused should not be written either.
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
    const writer = await openWriter({ files: this.#files, access })
    this.#log.info('database open', { file: this.#files.main })
    return writer
  }

  /** The next use opens the database anew, so that it works again as soon as the cause is gone. */
  async #abandonWriter(fault: StorageError): Promise<void> {
    const writer = this.#writer
    this.#writer = null
    if (writer === null) return
    this.#log.warn('database closed after a fault', { code: fault.code, fault: fault.message })
    await writer.abandon().catch(() => {})
  }

  #assertOpen(): void {
    if (this.#closed) throw new StorageError('closed', 'the store is closed')
  }
}

/** A /readyz that is asked all the time must not become a flood of fsyncs. */
const CHECK_EVERY_MS = 1000

/** Faults after which the connection is as good as before. */
const KEEPS_CONNECTION: ReadonlySet<StorageErrorCode> = new Set(['full', 'busy'])
