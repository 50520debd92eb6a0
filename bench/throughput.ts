import type { BenchContext } from './context.ts'
import type { Job, Outcome, Traffic } from './load/job.ts'
import type { Program } from './program.ts'
import { median } from './statistics.ts'

export interface Throughput {
  /** Requests a second. */
  round(): Promise<number>
  /** CPU time per request in µs, median of the rounds. */
  cost(): string
  generatorCpu(): number
  verified(): number
}

/** Closed-loop requests a second, all programs together. Throws at any answer but 200, because a refusal is cheaper. */
export function throughput(
  context: BenchContext,
  programs: readonly Program[],
  traffic: Traffic,
): Throughput {
  const outcomes: Outcome[] = []
  const costs: number[] = []
  const job: Job = {
    ports: programs.map(({ port }) => port),
    connections: CONNECTIONS,
    traffic,
    pace: { kind: 'closed', seconds: context.effort.seconds },
  }
  const cpuSeconds = () => programs.reduce((sum, program) => sum + program.cpuSeconds(), 0)
  return {
    async round() {
      const before = cpuSeconds()
      const outcome = await context.load.run(job)
      if (outcome.failed > 0) throw new Error(`${outcome.failed} failed; the first:\n${outcome.firstFailure}`)
      costs.push((cpuSeconds() - before) / outcome.done)
      outcomes.push(outcome)
      return outcome.perSecond
    },
    cost: () => `${(1e6 * median(costs)).toFixed(0)} µs`,
    generatorCpu: () => median(outcomes.map(({ cpu }) => cpu)),
    verified: () => outcomes.reduce((sum, { verified }) => sum + verified, 0),
  }
}

/** One connection, one request at a time, so no queue adds to the latency. */
export function latency(context: BenchContext, program: Program, traffic: Traffic) {
  const p99s: number[] = []
  const { seconds } = context.effort
  const job: Job = { ports: [program.port], connections: 1, traffic, pace: { kind: 'closed', seconds } }
  return {
    /** @returns the p50 in ms */
    async round(): Promise<number> {
      const outcome = await context.load.run(job)
      if (outcome.failed > 0) throw new Error(`${outcome.failed} failed; the first:\n${outcome.firstFailure}`)
      p99s.push(outcome.ms.p99)
      return outcome.ms.p50
    },
    p99: () => median(p99s),
  }
}

const CONNECTIONS = 64
