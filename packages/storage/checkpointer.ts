import type { HeldConnection, Prepared } from './held-connection.ts'

/** Lets `step` run between two transactions of the writer. */
export type Turn = (step: () => Promise<void>) => Promise<void>

/**
 * Copies the WAL back into the database without making a commit wait (sqlite.org/wal.html#ckpt).
 *
 * The bulk is copied by a connection of its own, beside the commits: PASSIVE takes no lock that a writer needs. While
 * commits go on, it never quite catches up, and SQLite starts the WAL over only when all of it is copied. So the
 * small rest is copied by the writer itself, between two commits, and the next commit starts the WAL over.
 */
export class Checkpointer {
  readonly #aside: Prepared
  readonly #own: Prepared
  readonly #writer: HeldConnection
  readonly #turn: Turn
  readonly #uptimeMs: () => number
  #rows = 0
  #last = Number.NEGATIVE_INFINITY
  #running = false
  #pass: Promise<unknown> = Promise.resolve()
  #stopped = false

  private constructor(aside: Prepared, own: Prepared, { writer, turn, uptimeMs }: CheckpointerOptions) {
    this.#aside = aside
    this.#own = own
    this.#writer = writer
    this.#turn = turn
    this.#uptimeMs = uptimeMs
  }

  static async prepare(options: CheckpointerOptions): Promise<Checkpointer> {
    const { aside, writer } = options
    return new Checkpointer(await aside.prepare(PASSIVE), await writer.prepare(PASSIVE), options)
  }

  /** To be told of each commit. */
  committed(rows: number): void {
    this.#rows += rows
    if (this.#running || this.#rows < MIN_ROWS || this.#uptimeMs() - this.#last < MIN_PAUSE_MS) return
    this.#rows = 0
    this.#last = this.#uptimeMs()
    this.#running = true
    this.#run()
      .catch(() => {}) // Nothing is lost by a checkpoint that fails; the next commit meets the same fault, and says so.
      .finally(() => {
        this.#running = false
      })
  }

  /** Resolves when the connections are no longer used. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#pass
  }

  async #run(): Promise<void> {
    let before = 0
    for (let pass = 0; pass < MAX_PASSES && !this.#stopped; pass++) {
      const { checkpointed } = await this.#progress(this.#aside)
      if (checkpointed - before < SMALL_REST) break
      before = checkpointed
    }
    await this.#turn(async () => {
      if (this.#stopped) return
      const { log } = await this.#progress(this.#own)
      if (log > MAX_PAGES) await this.#writer.exec(RESTART)
    })
  }

  #progress(checkpoint: Prepared): Promise<Progress> {
    const pass = checkpoint.all<Progress>().then(([row]) => row as Progress)
    this.#pass = pass.catch(() => {})
    return pass
  }
}

export interface CheckpointerOptions {
  /** A connection for nothing else. */
  readonly aside: HeldConnection
  readonly writer: HeldConnection
  readonly turn: Turn
  readonly uptimeMs: () => number
}

const PASSIVE = 'PRAGMA wal_checkpoint(PASSIVE)'

/** Pages in the WAL, and how many of them are in the database by now. */
interface Progress {
  readonly log: number
  readonly checkpointed: number
}

/** Each row dirties a page or two: at least 4 MB of WAL, … */
const MIN_ROWS = 1000
/** … and under load so often that each pass is short: what a commit has to wait for is the disk that copies. */
const MIN_PAUSE_MS = 500
/** As few pages as the writer may copy itself: a few milliseconds. */
const SMALL_REST = 100
const MAX_PASSES = 5

/** 128 MiB: readers of old pages have kept the WAL from starting over for a while; now they are waited for, briefly. */
const MAX_PAGES = 32_768
const RESTART = 'PRAGMA busy_timeout = 20; PRAGMA wal_checkpoint(RESTART); PRAGMA busy_timeout = 2000'
