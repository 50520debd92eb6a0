import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { compare } from '../compare.ts'
import { megabytes, ms } from '../format.ts'
import { deviceName, deviceSecret } from '../load/job.ts'
import { root, startProcess } from '../program.ts'
import type { Row } from '../row.ts'
import { atMost } from '../row.ts'
import { spreadOf } from '../statistics.ts'

/** One run of the client as in its image, from start to exit, next to the Python script it replaces. */
export const client: Row = {
  name: 'client',
  async measure(context) {
    const program = await buildClient()
    const python = await realPython()
    await using receiver = await context.receiver(await context.seeded(context.effort.devices.few))
    const url = `http://127.0.0.1:${receiver.port}`
    const env = {
      SERVER_URL: url,
      DEVICE: deviceName(1),
      SECRET: deviceSecret(1),
      FAMILY: '4',
      // As in its image; the warm-up round fills it.
      NODE_COMPILE_CACHE: context.directory('compile-cache'),
    }
    const ours = () => timed(process.execPath, [program, 'update'], env)
    const script = `${root}/bench/yardsticks/script.py`
    const args = ['-w', `127.0.0.1:${receiver.port}`, '-n', deviceName(2), '-p', deviceSecret(2)]
    const yardstick = () => timed(python, [script, ...args], {})
    const { ours: a, yardstick: b, ratio } = await compare(context.effort.rounds * 3, ours, yardstick)
    const bare = await compare(
      context.effort.rounds,
      () => timed(process.execPath, ['-e', '0'], {}),
      () => timed(python, ['-c', '0'], {}),
    )
    return [
      {
        what: '`ipupdater update`, the whole process',
        ours: ms(a),
        yardstick: `a Python 3 script: ${ms(b)}`,
        value: ratio,
        target: atMost(0.9),
        notes: [`Of that, starting the interpreter: Node ${ms(bare.ours)}, Python ${ms(bare.yardstick)}.`],
      },
    ]
  },
}

/** The client between two ticks, next to a Node process with only a timer. */
export const waiting: Row = {
  name: 'waiting',
  async measure(context) {
    const program = await buildClient()
    await using receiver = await context.receiver(await context.seeded(context.effort.devices.few))
    const env = {
      SERVER_URL: `http://127.0.0.1:${receiver.port}`,
      DEVICE: deviceName(1),
      SECRET: deviceSecret(1),
      FAMILY: '4',
    }
    const rounds = { ours: [] as number[], yardstick: [] as number[] }
    for (let round = 0; round < 3; round++) {
      await using ours = startProcess([program, 'run'], env)
      await using yardstick = startProcess([`${root}/bench/yardsticks/bare-timer.mjs`])
      await sleep(SETTLE_MS)
      rounds.ours.push(ours.memory().resident)
      rounds.yardstick.push(yardstick.memory().resident)
    }
    const ratio = spreadOf(
      rounds.ours.map((resident, round) => resident / (rounds.yardstick[round] as number)),
    )
    return [
      {
        what: 'resident memory of the client between ticks',
        ours: megabytes(spreadOf(rounds.ours).median),
        yardstick: `a bare Node with a timer: ${megabytes(spreadOf(rounds.yardstick).median)}`,
        value: ratio,
        target: atMost(1.3),
        notes: ['After its first report, at start.'],
      },
    ]
  },
}

/** Like Dockerfile.client. */
async function buildClient(): Promise<string> {
  await run('npm', ['run', '--silent', 'build:client'], { cwd: root })
  return `${root}/services/client/dist/ipupdater.cjs`
}

/** Not a version manager's wrapper, which takes longer than Python itself. */
async function realPython(): Promise<string> {
  return (await run('python3', ['-c', 'import sys; print(sys.executable)'])).stdout.trim()
}

async function timed(file: string, args: string[], env: Record<string, string>): Promise<number> {
  const began = performance.now()
  await run(file, args, { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } })
  return performance.now() - began
}

const run = promisify(execFile)
const SETTLE_MS = 8_000
