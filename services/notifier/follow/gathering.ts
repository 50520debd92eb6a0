/** What comes within a minute of the first belongs together. By key, so that finding it again changes nothing. */
export class Gathering<Key, Value> {
  readonly #found = new Map<Key, Value>()
  #since = 0

  get size(): number {
    return this.#found.size
  }

  add(key: Key, value: Value, now: number): void {
    if (this.#found.size === 0) this.#since = now
    this.#found.set(key, value)
  }

  delete(key: Key): void {
    this.#found.delete(key)
  }

  isComplete(now: number): boolean {
    return this.#found.size > 0 && now - this.#since >= GATHER_MS
  }

  values(): Value[] {
    return [...this.#found.values()]
  }

  clear(): void {
    this.#found.clear()
  }
}

const GATHER_MS = 60_000
