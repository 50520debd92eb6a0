import { compare } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import { count, ms } from '../format.ts'
import type { Traffic } from '../load/job.ts'
import type { Program } from '../program.ts'
import type { Measurement, Row } from '../row.ts'
import { atMost } from '../row.ts'

/** The latency of an update and of a view with a thousand times the devices and the history. */
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
        await latency(context, 'p50 of an update', [ours, traffic(many)], [yardstick, traffic(few)]),
      )
    }
    await using ours = await context.viewer(large)
    await using yardstick = await context.viewer(small)
    for (const path of ['/getip/{device}', '/history/{device}']) {
      const traffic = (devices: number) =>
        ({ kind: 'get', path, accept: 'application/json', devices, unique: true }) as const
      const what = `p50 of \`GET ${path.replace('{device}', 'DEVICE')}\``
      measurements.push(await latency(context, what, [ours, traffic(many)], [yardstick, traffic(few)]))
    }
    return measurements
  },
}

type Side = [program: Program, traffic: Traffic]

/** One connection, one request at a time: no queue blurs what a single one costs. */
async function latency(
  context: BenchContext,
  what: string,
  ours: Side,
  yardstick: Side,
): Promise<Measurement> {
  const { few, many } = context.effort.devices
  const p99s: number[] = []
  const p50Of =
    ([program, traffic]: Side) =>
    async () => {
      const { seconds } = context.effort
      const job = { port: program.port, connections: 1, traffic, pace: { kind: 'closed', seconds } } as const
      const outcome = await context.load.run(job)
      if (outcome.failed > 0)
        throw new Error(`${outcome.failed} refused, the first:\n${outcome.firstFailure}`)
      if (traffic === ours[1]) p99s.push(outcome.ms.p99)
      return outcome.ms.p50
    }
  const { ours: a, yardstick: b, ratio } = await compare(context.effort.rounds, p50Of(ours), p50Of(yardstick))
  return {
    what: `${what} at ${count(many)} devices`,
    ours: ms(a),
    yardstick: `at ${count(few)} devices: ${ms(b)}`,
    value: ratio,
    target: atMost(1.2),
    notes: [
      `p99 at ${count(many)} devices: ${ms(p99s.sort((x, y) => x - y)[p99s.length >> 1] ?? Number.NaN)}.`,
    ],
  }
}
