import { createHash } from 'node:crypto'
import { appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { count, ms } from '../format.ts'
import { routerName, routerPassword } from '../load/job.ts'
import { startLoad } from '../load.ts'
import type { Measurement, Row } from '../row.ts'
import { atMost } from '../row.ts'

/** Latency of signed updates during dyndns2 updates, and during password guessing. */
export const dyndns2: Row = {
  name: 'dyndns2',
  async measure(context) {
    const { devices, held } = context.effort
    const seeded = await context.seeded(devices.few)
    const keysDir = context.directory('dyndns2')
    cpSync(seeded.keysDir, keysDir, { recursive: true })
    appendFileSync(join(keysDir, 'devices.jsonl'), registryLines())
    // Plain HTTP, because TLS is the proxy's cost.
    const settings = { DYNDNS2: 'true', DYNDNS2_PLAINTEXT: 'true', LOG_LEVEL: 'error' }
    await using receiver = await context.receiver({ ...seeded, keysDir }, settings)
    await using routers = startLoad()

    const signed = (seconds: number) =>
      context.load.run({
        ports: [receiver.port],
        connections: CONNECTIONS,
        traffic: { kind: 'update', devices: devices.few, signedAnswers: true },
        pace: { kind: 'open', perSecond: SIGNED_PER_SECOND, seconds },
      })
    const others = (password: 'right' | 'wrong', perSecond: number) =>
      routers.run({
        ports: [receiver.port],
        connections: CONNECTIONS,
        traffic: { kind: 'dyndns2', routers: ROUTERS, password },
        pace: { kind: 'open', perSecond, seconds: held.seconds },
      })
    await signed(5) // JIT warm-up
    const alone = await signed(held.seconds)
    const measured: Measurement[] = []
    for (const [password, perSecond] of TRAFFIC) {
      const [ours, theirs] = await Promise.all([signed(held.seconds), others(password, perSecond)])
      const refused =
        ours.failed === 0 ? '' : ` Refused: ${count(ours.failed)}, the first: ${ours.firstFailure}`
      measured.push({
        what: `p99 of ${SIGNED_PER_SECOND} signed updates a second, with ${perSecond} dyndns2 requests a second with ${password} passwords`,
        ours: ms(ours.ms.p99),
        yardstick: `signed alone: ${ms(alone.ms.p99)}`,
        value: { median: ours.failed === 0 ? ours.ms.p99 : Number.NaN },
        target: atMost(25, 'ms'),
        notes: [
          `p50 ${ms(ours.ms.p50)}, alone ${ms(alone.ms.p50)}. Of the dyndns2 requests ${count(theirs.done)} were recorded${theirs.done > 0 ? ` (p99 ${ms(theirs.ms.p99)})` : ''} and ${count(theirs.failed)} refused.${refused}`,
        ],
      })
    }
    return measured
  },
}

function registryLines(): string {
  return Array.from({ length: ROUTERS }, (_, index) => {
    const secret = createHash('sha256')
      .update(routerPassword(index + 1))
      .digest('base64url')
    const secrets = [{ secret, added: 1 }]
    return `${JSON.stringify({ device: routerName(index + 1), kind: 'password', interval: null, secrets })}\n`
  }).join('')
}

const ROUTERS = 400
const SIGNED_PER_SECOND = 50
const CONNECTIONS = 32
const TRAFFIC = [
  ['right', 500],
  ['wrong', 1000],
] as const
