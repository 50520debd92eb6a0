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

/** Requests a second at a closed pace. A single answer other than 200 ends the bench: it would be cheap. */
export function throughput(context: BenchContext, program: Program, traffic: Traffic): Throughput {
  const outcomes: Outcome[] = []
  const costs: number[] = []
  const job: Job = {
    port: program.port,
    connections: CONNECTIONS,
    traffic,
    pace: { kind: 'closed', seconds: context.effort.seconds },
  }
  return {
    async round() {
      const before = program.cpuSeconds()
      const outcome = await context.load.run(job)
      if (outcome.failed > 0)
        throw new Error(`${outcome.failed} refused, the first:\n${outcome.firstFailure}`)
      costs.push((program.cpuSeconds() - before) / outcome.done)
      outcomes.push(outcome)
      return outcome.perSecond
    },
    cost: () => `${(1e6 * median(costs)).toFixed(0)} µs`,
    generatorCpu: () => median(outcomes.map(({ cpu }) => cpu)),
    verified: () => outcomes.reduce((sum, { verified }) => sum + verified, 0),
  }
}

const CONNECTIONS = 64
