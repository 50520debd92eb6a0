import { compare } from '../compare.ts'
import { ms } from '../format.ts'
import type { Program } from '../program.ts'
import type { Row } from '../row.ts'
import { atMost } from '../row.ts'

/** From process start to the first 200 from /readyz, or from any path of bare Koa. */
export const start: Row = {
  name: 'start',
  async measure(context) {
    const seeded = await context.seeded(context.effort.devices.few)
    const programs = { receiver: () => context.receiver(seeded), viewer: () => context.viewer(seeded) }
    const measurements = []
    for (const [name, open] of Object.entries(programs)) {
      const { ours, yardstick, ratio } = await compare(
        context.effort.rounds + 3,
        () => readyMs(open),
        () => readyMs(context.bareKoa),
      )
      measurements.push({
        what: `cold start to ready: ${name}`,
        ours: ms(ours),
        yardstick: `bare Koa: ${ms(yardstick)}`,
        value: ratio,
        target: atMost(2.5),
        notes: [],
      })
    }
    return measurements
  },
}

async function readyMs(open: () => Promise<Program>): Promise<number> {
  await using program = await open()
  return program.readyMs
}
