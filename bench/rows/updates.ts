import { compare } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import { count, perCore, times } from '../format.ts'
import { root, startServer } from '../program.ts'
import type { Measurement, Row } from '../row.ts'
import { atLeast } from '../row.ts'
import { throughput } from '../throughput.ts'

/** Durable signed updates and whole exchanges, next to a bare Koa with the same number of bytes. */
export const updates: Row = {
  name: 'updates',
  async measure(context) {
    const seeded = await context.seeded(context.effort.devices.few)
    await using receiver = await context.receiver(seeded)
    await using bare = await context.bareKoa()
    const signed = { kind: 'update', devices: DEVICES, signedAnswers: true } as const

    const ours = throughput(context, [receiver], signed)
    const yardstick = throughput(context, [bare], { ...signed, signedAnswers: false })
    const plain = await compare(context.effort.rounds, ours.round, yardstick.round)
    const update: Measurement = {
      what: 'durable signed updates a second',
      ours: count(plain.ours),
      yardstick: `bare Koa, POST and JSON: ${count(plain.yardstick)}`,
      value: plain.ratio,
      target: atLeast(0.6),
      notes: [
        `CPU time per request, all threads: ours ${ours.cost()}, bare Koa ${yardstick.cost()}.`,
        `The generator used ${perCore(ours.generatorCpu())} of a core for ours, ${perCore(yardstick.generatorCpu())} for bare Koa. ${await ceiling(context)}`,
        `${ours.verified()} answer signatures were verified meanwhile; all were valid.`,
      ],
    }

    const whole = throughput(context, [receiver], { kind: 'exchange', devices: DEVICES })
    const half = throughput(context, [receiver], signed)
    const both = await compare(context.effort.rounds, whole.round, async () => (await half.round()) / 2)
    const exchange: Measurement = {
      what: 'exchanges a second, `/ip` and `/update`',
      ours: count(both.ours),
      yardstick: `half of our updates a second: ${count(both.yardstick)}`,
      value: both.ratio,
      target: atLeast(0.95),
      notes: [
        `The generator signs each update during the measurement: ${perCore(whole.generatorCpu())} of a core.`,
        `That is ${times(both.ours / plain.yardstick)} of bare Koa's single requests a second.`,
      ],
    }
    return [update, exchange]
  },
}

/** The generator's own limit, against a server that parses nothing. */
async function ceiling(context: BenchContext): Promise<string> {
  await using fixed = await startServer({ args: [`${root}/bench/yardsticks/fixed-answer.mjs`] })
  const most = throughput(context, [fixed], { kind: 'update', devices: DEVICES, signedAnswers: false })
  await most.round()
  return `With a server that parses nothing it reaches ${count(await most.round())} a second.`
}

const DEVICES = 200
