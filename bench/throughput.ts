import type { BenchContext } from './context.ts'
import type { Job, Outcome, Traffic } from './load/job.ts'
import type { Program } from './program.ts'
import { median } from './statistics.ts'

export interface Throughput {
  /** Requests a second. */
  round(): Promise<number>
  /** Processor time a request, median over the rounds, in µs. */
  cost(): string
  generatorCpu(): number
  verified(): number
}

/** Requests a second of all programs together, at a closed pace. A single answer other than 200 ends the bench: it would be cheap. */
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
      if (outcome.failed > 0)
        throw new Error(`${outcome.failed} refused, the first:\n${outcome.firstFailure}`)
      costs.push((cpuSeconds() - before) / outcome.done)
      outcomes.push(outcome)
      return outcome.perSecond
    },
    cost: () => `${(1e6 * median(costs)).toFixed(0)} µs`,
    generatorCpu: () => median(outcomes.map(({ cpu }) => cpu)),
    verified: () => outcomes.reduce((sum, { verified }) => sum + verified, 0),
  }
}

/** One connection, one request at a time: no queue blurs what a single one costs. */
export function latency(context: BenchContext, program: Program, traffic: Traffic) {
  const p99s: number[] = []
  const { seconds } = context.effort
  const job: Job = { ports: [program.port], connections: 1, traffic, pace: { kind: 'closed', seconds } }
  return {
    /** The p50 of a round, in ms. */
    async round(): Promise<number> {
      const outcome = await context.load.run(job)
      if (outcome.failed > 0)
        throw new Error(`${outcome.failed} refused, the first:\n${outcome.firstFailure}`)
      p99s.push(outcome.ms.p99)
      return outcome.ms.p50
    },
    p99: () => median(p99s),
  }
}

const CONNECTIONS = 64
