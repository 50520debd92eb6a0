import type { DeviceName } from '@ipupdater/protocol'
import type { CommitOutcome, Report, Store, StoreOptions, TimeReset } from './contract.ts'
import type { EncodedReport } from './decide.ts'
import { encodeReport } from './decide.ts'
import { GroupCommit } from './group-commit.ts'
import type { StorageErrorCode } from './storage-error.ts'
import { StorageError } from './storage-error.ts'

/** A database that is open for writing, until the first fault. Its methods must not overlap. */
export interface Writer {
  commit(reports: readonly EncodedReport[]): Promise<CommitOutcome[]>
  /** Writes where a report would, and takes it back. */
  probeWrite(): Promise<void>
  prune(beforeMs: number, limit: number): Promise<number>
  resetTimes(device: DeviceName, now: number): Promise<TimeReset | null>
  forget(device: DeviceName): Promise<boolean>
  raiseFloor(floor: number): Promise<void>
  signOfLife(receiver: string, at: number): Promise<void>
  /** Did the other side end the connection while it was not used? */
  isLost?(): boolean
  /** Closes after the last use. */
  finish(): Promise<void>
  /** Closes after a fault, as far as that is possible. */
  abandon(): Promise<void>
}

/** What a backend provides for the store that all of them share. */
export interface WriterSource<W extends Writer> {
  /** `create` makes a database that does not exist yet; `write` fails with `missing` if there is none. */
  open(access: 'create' | 'write'): Promise<W>
  /** Does the work on the writer. Default: only that. */
  use?<Result>(writer: W, work: (writer: W) => Promise<Result>): Promise<Result>
  faultOf(error: unknown): StorageError
}

/** @throws StorageError */
export async function openStoreOn<W extends Writer>(
  source: WriterSource<W>,
  options: StoreOptions,
): Promise<Store> {
  const store = new WriterStore(source, options)
  await store.open()
  return store
}

/** Shares transactions, opens the database again after a fault, and knows when a check has to write. */
class WriterStore<W extends Writer> implements Store {
  readonly #source: WriterSource<W>
  readonly #options: StoreOptions
  readonly #uptimeMs: () => number
  readonly #group = new GroupCommit<EncodedReport, CommitOutcome>(reports => this.#commitBatch(reports))
  #writer: W | null = null
  #isClosed = false
  /** When something was last written, by #uptimeMs; after a fault, never. */
  #lastWrite = Number.NEGATIVE_INFINITY
  #probe: Promise<void> | null = null

  constructor(source: WriterSource<W>, options: StoreOptions) {
    this.#source = source
    this.#options = options
    this.#uptimeMs = options.uptimeMs ?? (() => performance.now())
  }

  async open(): Promise<void> {
    try {
      this.#writer = await this.#source.open('create')
    } catch (error) {
      throw this.#source.faultOf(error)
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

  async raiseFloor(floor: number): Promise<void> {
    this.#assertOpen()
    await this.#group.runExclusive(() => this.#use(writer => writer.raiseFloor(floor)))
  }

  async signOfLife(receiver: string, at: number): Promise<void> {
    this.#assertOpen()
    await this.#group.runExclusive(() => this.#use(writer => writer.signOfLife(receiver, at)))
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
  async #use<Result>(work: (writer: W) => Promise<Result>): Promise<Result> {
    try {
      if (this.#writer?.isLost?.()) await this.#abandonWriter()
      this.#writer ??= await this.#source.open('write')
      const writer = this.#writer
      return await (this.#source.use?.(writer, work) ?? work(writer))
    } catch (error) {
      const fault = this.#source.faultOf(error)
      this.#lastWrite = Number.NEGATIVE_INFINITY
      if (!KEEPS_CONNECTION.has(fault.code)) await this.#abandonWriter(fault)
      throw fault
    }
  }

  /** The next use opens the database again, so it works as soon as the cause is gone. */
  async #abandonWriter(fault?: StorageError): Promise<void> {
    const writer = this.#writer
    this.#writer = null
    if (writer === null) return
    const { log } = this.#options
    if (fault === undefined) log?.info('database connection ended, opening another')
    else log?.warn('database closed after a fault', { code: fault.code, fault: fault.message })
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
