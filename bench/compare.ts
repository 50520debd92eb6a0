import type { Spread } from './statistics.ts'
import { median, spreadOf } from './statistics.ts'

export interface Comparison {
  /** Medians of all rounds. */
  ours: number
  yardstick: number
  /** One ratio per round, because the machine's speed changes between rounds. */
  ratio: Spread
}

/**
 * Measures both sides alternately: one warm-up round, then `rounds` that count. The order also alternates, so
 * neither side always runs second.
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
