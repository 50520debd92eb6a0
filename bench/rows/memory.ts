import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchContext } from '../context.ts'
import { count, megabytes } from '../format.ts'
import type { Job } from '../load/job.ts'
import type { Row } from '../row.ts'
import { atMost } from '../row.ts'

/** The receiver's RSS with a million devices and with a thousand, after the same load. */
export const memory: Row = {
  name: 'memory',
  async measure(context) {
    const { few, many } = context.effort.devices
    const large = await residentAfterLoad(context, many)
    const small = await residentAfterLoad(context, few)
    return [
      {
        what: `resident memory of the receiver at ${count(many)} devices`,
        ours: megabytes(large.resident),
        yardstick: `at ${count(few)} devices: ${megabytes(small.resident)}`,
        value: { median: (large.resident - small.resident) / 1e6 },
        target: atMost(300, 'MB more'),
        notes: [
          `The receiver read the registry of ${count(many)} devices and was ready in ${(large.readyMs / 1000).toFixed(1)} s.`,
        ],
      },
    ]
  },
}

async function residentAfterLoad(
  context: BenchContext,
  devices: number,
): Promise<{ resident: number; readyMs: number }> {
  await using receiver = await context.receiver(await context.seeded(devices))
  const job: Job = {
    ports: [receiver.port],
    connections: 64,
    traffic: { kind: 'update', devices, signedAnswers: true },
    pace: { kind: 'closed', seconds: context.effort.seconds },
  }
  for (let round = 0; round < 3; round++) await context.load.run(job)
  await sleep(1_000)
  return { resident: receiver.memory().resident, readyMs: receiver.readyMs }
}
