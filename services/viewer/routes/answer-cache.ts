/** An answer as it can be given again. */
export interface Answer {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | Buffer
}

/** The answer kept under `key`; where there is none of this `generation`, the one that `make` makes. */
export type AnswerCache = (
  generation: string,
  key: string,
  make: () => Promise<Answer>,
) => Answer | Promise<Answer>

/**
 * Keeps answers until the generation changes, least recently used first out, in at most `maxBytes`. A Map is all
 * that this takes: it remembers the order of its keys, and whatever is old goes at once. Those who ask for the same
 * at the same time wait for one making.
 */
export function createAnswerCache(maxBytes: number): AnswerCache {
  let generation = ''
  let kept = new Map<string, Answer>()
  let underWay = new Map<string, Promise<Answer>>()
  let bytes = 0

  function begin(next: string): void {
    generation = next
    kept = new Map()
    // What is under way is finished for those who wait, but nobody joins them.
    underWay = new Map()
    bytes = 0
  }

  function keep(key: string, answer: Answer): void {
    kept.set(key, answer)
    bytes += sizeOf(key, answer)
    for (const [oldest, old] of kept) {
      if (bytes <= maxBytes) break
      kept.delete(oldest)
      bytes -= sizeOf(oldest, old)
    }
  }

  async function makeOnce(key: string, make: () => Promise<Answer>): Promise<Answer> {
    const [mine, waiting] = [kept, underWay]
    try {
      const answer = await make()
      if (kept === mine) keep(key, answer)
      return answer
    } finally {
      waiting.delete(key) // a failure is not kept: whoever asks next tries again
    }
  }

  return (current, key, make) => {
    if (current !== generation) begin(current)
    const found = kept.get(key)
    if (found !== undefined) {
      kept.delete(key)
      kept.set(key, found) // now the most recently used
      return found
    }
    let making = underWay.get(key)
    if (making === undefined) {
      making = makeOnce(key, make)
      underWay.set(key, making)
    }
    return making
  }
}

/** An entry costs more than its texts: without this, any number of tiny ones would fit. */
const entryBytes = 1_000

function sizeOf(key: string, { body }: Answer): number {
  return entryBytes + 2 * key.length + Buffer.byteLength(body)
}
