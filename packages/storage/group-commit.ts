/**
 * Lets everyone who waits share one durable transaction. While one batch is written to disk, the next one gathers, so
 * all items that arrive during an fsync share the next fsync.
 */
export class GroupCommit<Item, Outcome> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Outcome[]>
  readonly #waiting: Waiter<Item, Outcome>[] = []
  readonly #exclusive: (() => Promise<void>)[] = []
  #running: Promise<void> | null = null

  /** `commit` returns one outcome for each item, in order, or rejects for all of them. Its runs never overlap. */
  constructor(commit: (items: readonly Item[]) => Promise<readonly Outcome[]>) {
    this.#commit = commit
  }

  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#start()
    })
  }

  /** Runs `work` between two batches. Work and batches alternate, so neither starves the other. */
  runExclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#exclusive.push(() => work().then(resolve, reject))
      this.#start()
    })
  }

  /** Resolves when nothing is running or waiting. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  #start(): void {
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // Everything that arrives in this round of the event loop goes into the same batch.
    await new Promise(resolve => setImmediate(resolve))
    while (this.#waiting.length > 0 || this.#exclusive.length > 0) {
      if (this.#waiting.length > 0) await this.#commitBatch(this.#waiting.splice(0, MAX_BATCH))
      await this.#exclusive.shift()?.()
    }
    this.#running = null // No await since the loop condition, so no item can be added in between.
  }

  async #commitBatch(batch: readonly Waiter<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#commit(batch.map(({ item }) => item))
      for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}

interface Waiter<Item, Outcome> {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Keeps a transaction, and so the wait for the next one, in the range of milliseconds. */
const MAX_BATCH = 1024
