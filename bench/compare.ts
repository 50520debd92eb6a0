import type { Spread } from './statistics.ts'
import { median, spreadOf } from './statistics.ts'

export interface Comparison {
  /** Medians of all rounds. */
  ours: number
  yardstick: number
  /** Of the ratios within each round: both sides of one ratio saw the same minute of the machine. */
  ratio: Spread
}

/**
 * Measures two things in turns, one warm-up round and then `rounds` that count. The order alternates, so that
 * neither always follows the other.
 */
export async function compare(
  rounds: number,
  ours: () => Promise<number>,
  yardstick: () => Promise<number>,
): Promise<Comparison> {
  const pairs: { ours: number; yardstick: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    const pair = { ours: 0, yardstick: 0 }
    const turns = [
      async () => {
        pair.ours = await ours()
      },
      async () => {
        pair.yardstick = await yardstick()
      },
    ]
    if (round % 2 === 1) turns.reverse()
    for (const turn of turns) await turn()
    if (round > 0) pairs.push(pair)
  }
  return {
    ours: median(pairs.map(pair => pair.ours)),
    yardstick: median(pairs.map(pair => pair.yardstick)),
    ratio: spreadOf(pairs.map(pair => pair.ours / pair.yardstick)),
  }
}
