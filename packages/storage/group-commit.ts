/**
 * Lets everyone who waits share one durable transaction: while a batch is on its way to the disk, the next one
 * gathers. So the cost of an fsync is paid once for as many as came during the one before.
 */
export class GroupCommit<Item, Outcome> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Outcome[]>
  #waiting: Waiter<Item, Outcome>[] = []
  #steps: (() => Promise<void>)[] = []
  #running: Promise<void> | null = null

  /** `commit` gives one outcome an item, in order, or rejects for all of them. It never runs twice at a time. */
  constructor(commit: (items: readonly Item[]) => Promise<readonly Outcome[]>) {
    this.#commit = commit
  }

  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#start()
    })
  }

  /** Runs `step` between two batches. Steps and batches take turns, so that neither starves the other. */
  between<Result>(step: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#steps.push(() => step().then(resolve, reject))
      this.#start()
    })
  }

  /** Resolves when nothing is under way or waiting. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  #start(): void {
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // Everything that arrives in this round of the event loop goes into the same batch.
    await new Promise(resolve => setImmediate(resolve))
    let answer = () => {}
    while (this.#waiting.length > 0 || this.#steps.length > 0) {
      const settling = this.#settle(this.#nextBatch())
      answer() // those of the batch before are answered while this one is on its way to the disk
      answer = await settling
      if (this.#steps.length > 0) {
        answer()
        answer = () => {}
        await this.#steps.shift()?.()
      }
    }
    this.#running = null // in the same breath as the look above: nobody can slip in between
    answer()
  }

  /**
   * Half of those who wait, unless they are few. In one batch they would all be answered, ask again and wait at the same
   * time, and so would our thread and SQLite's, in turns. Halves keep both busy.
   */
  #nextBatch(): Waiter<Item, Outcome>[] {
    const half = Math.ceil(this.#waiting.length / 2)
    return this.#waiting.splice(0, Math.min(MAX_BATCH, Math.max(FEW, half)))
  }

  /** Resolves with what tells everyone in the batch. */
  async #settle(batch: readonly Waiter<Item, Outcome>[]): Promise<() => void> {
    if (batch.length === 0) return () => {}
    try {
      const outcomes = await this.#commit(batch.map(({ item }) => item))
      return () => {
        for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome)
      }
    } catch (error) {
      return () => {
        for (const { reject } of batch) reject(error)
      }
    }
  }
}

interface Waiter<Item, Outcome> {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Keeps a transaction, and so the wait of whoever comes next, in the range of milliseconds. */
const MAX_BATCH = 1024
/** Cheaper together than in two commits. */
const FEW = 16
