import { DatabaseSync } from 'node:sqlite'
import { count, megabytes, ms, perCore } from '../format.ts'
import type { Outcome } from '../load/job.ts'
import { startLoad } from '../load.ts'
import type { Measurement, Row } from '../row.ts'
import { atLeast, atMost } from '../row.ts'

/** One minute of a million devices that report every five minutes, with views meanwhile. */
export const held: Row = {
  name: 'held',
  async measure(context) {
    const { devices, held: pace } = context.effort
    const seeded = await context.seeded(devices.many)
    await using receiver = await context.receiver(seeded)
    await using viewer = await context.viewer(seeded)
    await using views = startLoad()

    // JIT warm-up, as in a receiver that has run for a while.
    await context.load.run({
      ports: [receiver.port],
      connections: CONNECTIONS,
      traffic: { kind: 'update', devices: devices.many, signedAnswers: true },
      pace: { kind: 'closed', seconds: context.effort.seconds },
    })
    const cpuBefore = receiver.cpuSeconds()
    const [updates, looks] = await Promise.all([
      context.load.run({
        ports: [receiver.port],
        connections: CONNECTIONS,
        traffic: { kind: 'update', devices: devices.many, signedAnswers: true },
        pace: { kind: 'open', ...pace },
      }),
      views.run({
        ports: [viewer.port],
        connections: 8,
        traffic: { kind: 'get', path: '/getip/{device}', accept: '*/*', devices: devices.many },
        pace: { kind: 'open', perSecond: VIEWS_PER_SECOND, seconds: pace.seconds },
      }),
    ])
    const cpu = (receiver.cpuSeconds() - cpuBefore) / updates.seconds
    const offered = pace.perSecond * pace.seconds
    const stored = storedAt(seeded.database, updates.timestamp as number)
    const what = `${count(pace.perSecond)} updates a second for ${pace.seconds} s at ${count(devices.many)} devices`
    return [
      ...heldMeasurements({
        what: `${what}: acknowledged and found in the database`,
        updates,
        offered,
        stored,
        used: `The receiver used ${perCore(cpu)} of a core, the generator ${perCore(updates.cpu)}; ${megabytes(receiver.memory().resident)} resident at the end.`,
        mostMs: 25,
      }),
      {
        what: `… p99 of a view meanwhile, ${VIEWS_PER_SECOND} a second`,
        ours: ms(looks.ms.p99),
        yardstick: '—',
        value: { median: looks.failed === 0 ? looks.ms.p99 : Number.NaN },
        target: atMost(25, 'ms'),
        notes: [
          `p50 ${ms(looks.ms.p50)}, maximum ${ms(looks.ms.max)}; ${looks.failed} of ${count(looks.done + looks.failed)} failed.`,
        ],
      },
    ]
  },
}

/** @param mostMs the target for the 99th percentile */
export function heldMeasurements(held: {
  readonly what: string
  readonly updates: Outcome
  readonly offered: number
  readonly stored: number
  readonly used: string
  readonly mostMs: number
}): Measurement[] {
  const { what, updates, offered, stored, used, mostMs } = held
  return [
    {
      what,
      ours: `${count(updates.done)} acknowledged, ${count(stored)} found`,
      yardstick: `offered: ${count(offered)}`,
      value: { median: Math.min(updates.done, stored) / offered },
      target: atLeast(1),
      notes: [...(updates.firstFailure === null ? [] : [`First refusal: ${updates.firstFailure}`]), used],
    },
    {
      what: '… p99 of an update, from when it was due',
      ours: ms(updates.ms.p99),
      yardstick: '—',
      value: { median: updates.ms.p99 },
      target: atMost(mostMs, 'ms'),
      notes: [`p50 ${ms(updates.ms.p50)}, maximum ${ms(updates.ms.max)}.`],
    },
  ]
}

/** Every update of the job has a different device and the same timestamp. */
function storedAt(file: string, timestamp: number): number {
  using database = new DatabaseSync(file, { readOnly: true })
  const { found } = database
    .prepare('SELECT count(*) AS found FROM open_tenures WHERE last_seen = ?')
    .get(timestamp) as {
    found: number
  }
  return found
}

/** Enough to fill a batch while the disk is slow. A real load has one connection per device. */
const CONNECTIONS = 256
const VIEWS_PER_SECOND = 200
