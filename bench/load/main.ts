/** The load generator process: receives one job at a time from its parent and sends the outcome. */
import type { Answer } from './connection.ts'
import { openConnection } from './connection.ts'
import type { Job, Outcome } from './job.ts'
import { runClosed, runOpen } from './pace.ts'
import { prepareTasks } from './traffic.ts'

process.on('message', async (job: Job) => {
  process.send?.(await run(job))
})

async function run({ ports, connections, traffic, pace }: Job): Promise<Outcome> {
  const count =
    pace.kind === 'open' ? Math.round(pace.perSecond * pace.seconds) : MOST_PER_SECOND * pace.seconds
  const tasks = await prepareTasks(traffic, count, pace.kind === 'open' ? 1 : connections)
  // Connect only after signing, which is slow: the server closes idle connections.
  const open = await Promise.all(
    Array.from({ length: connections }, (_, index) => openConnection(ports[index % ports.length] as number)),
  )
  const latencies: number[] = []
  let failed = 0
  let firstFailure: string | null = null
  const record = (ms: number, answer: Answer) => {
    if (answer.status === 200) latencies.push(ms)
    else {
      failed += 1
      firstFailure ??= `${answer.head}\n\n${answer.body}`
    }
  }

  const cpuBefore = process.cpuUsage()
  const began = performance.now()
  if (pace.kind === 'open') await runOpen(open, tasks, pace, record)
  else await runClosed(open, tasks, pace.seconds, record)
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)

  for (const connection of open) connection.close()
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return {
    done: latencies.length,
    failed,
    firstFailure,
    seconds,
    perSecond: latencies.length / seconds,
    ms: { p50: at(0.5), p99: at(0.99), max: at(1) },
    cpu: (user + system) / 1e6 / seconds,
    verified: tasks.verified(),
    timestamp: tasks.timestamp,
  }
}

/** More than a server on one core can answer. If a closed loop runs out of messages, it ends early. */
const MOST_PER_SECOND = 50_000
