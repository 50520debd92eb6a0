/** Chance that a seed repeats exactly: the same numbers in every run, so that a failure can be looked at again. */
export interface Random {
  /** 0 ≤ integer < limit */
  below(limit: number): number
  pick<T>(list: readonly T[]): T
  /** True once in so many times. */
  oneIn(times: number): boolean
  bytes(size: number): Buffer
  shuffled<T>(list: readonly T[]): T[]
}

export function createRandom(seed: number): Random {
  const next = smallFastCounter(seed)
  const below = (limit: number) => Math.floor((next() / 0x1_0000_0000) * limit)
  return {
    below,
    pick: list => {
      if (list.length === 0) throw new RangeError('nothing to pick from')
      return list[below(list.length)] as (typeof list)[number]
    },
    oneIn: times => below(times) === 0,
    bytes: size => Buffer.from(Array.from({ length: size }, () => below(256))),
    shuffled(list) {
      const left = [...list]
      return list.map(() => left.splice(below(left.length), 1)[0] as (typeof list)[number])
    },
  }
}

/** sfc32 of PractRand (Chris Doty-Humphrey): 32 bits a call, far better than a test needs, and ten lines. */
function smallFastCounter(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, 0, 1]
  const next = () => {
    const result = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
  for (let i = 0; i < 12; i++) next() // until the seed has reached every bit
  return next
}
