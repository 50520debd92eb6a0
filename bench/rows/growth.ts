import { compare } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import { count, ms } from '../format.ts'
import type { Traffic } from '../load/job.ts'
import type { Program } from '../program.ts'
import type { Measurement, Row } from '../row.ts'
import { atMost } from '../row.ts'
import { latency } from '../throughput.ts'

/** Latency of an update and of a view with 1,000 times the devices and history. */
export const growth: Row = {
  name: 'growth',
  async measure(context) {
    const { few, many } = context.effort.devices
    const small = await context.seeded(few)
    const large = await context.seeded(many)
    const measurements: Measurement[] = []
    {
      await using ours = await context.receiver(large)
      await using yardstick = await context.receiver(small)
      const traffic = (devices: number) => ({ kind: 'update', devices, signedAnswers: true }) as const
      measurements.push(
        await compareLatency(context, 'p50 of an update', [ours, traffic(many)], [yardstick, traffic(few)]),
      )
    }
    await using ours = await context.viewer(large)
    await using yardstick = await context.viewer(small)
    for (const path of ['/getip/{device}', '/history/{device}']) {
      const traffic = (devices: number) =>
        ({ kind: 'get', path, accept: 'application/json', devices, unique: true }) as const
      const what = `p50 of \`GET ${path.replace('{device}', 'DEVICE')}\``
      measurements.push(await compareLatency(context, what, [ours, traffic(many)], [yardstick, traffic(few)]))
    }
    return measurements
  },
}

type Side = [program: Program, traffic: Traffic]

async function compareLatency(
  context: BenchContext,
  what: string,
  ours: Side,
  yardstick: Side,
): Promise<Measurement> {
  const { few, many } = context.effort.devices
  const large = latency(context, ...ours)
  const small = latency(context, ...yardstick)
  const { ours: a, yardstick: b, ratio } = await compare(context.effort.rounds, large.round, small.round)
  return {
    what: `${what} at ${count(many)} devices`,
    ours: ms(a),
    yardstick: `at ${count(few)} devices: ${ms(b)}`,
    value: ratio,
    target: atMost(1.2),
    notes: [`p99 at ${count(many)} devices: ${ms(large.p99())}.`],
  }
}
