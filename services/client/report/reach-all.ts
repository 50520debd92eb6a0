import type { DeviceName, Family } from '@ipupdater/protocol'
import type { Sleep } from '../context.ts'
import { ClientError } from '../errors.ts'
import { connect } from '../http.ts'
import type { Peer } from './exchange.ts'
import type { Outcome } from './outcome.ts'
import { failureOf } from './outcome.ts'
import type { RetryOptions, RetryPolicy } from './retry-policy.ts'
import { retryPolicy } from './retry-policy.ts'
import type { Target } from './targets.ts'

/** What is done with each server: one exchange, or a part of it. */
export type Task<T> = (peer: Peer, policy: RetryPolicy) => Promise<T>

export interface ReachDeps<T> {
  device: DeviceName
  /** No attempt starts after this time. */
  until: number
  now: () => number
  random: () => number
  randomBytes: (size: number) => Buffer
  sleep: Sleep
  isInContainer: boolean
  /** Gets each outcome as soon as it is known. */
  onOutcome: (outcome: Outcome<T>) => void
}

/** Does the task with every server over every family at once. A slow or failing server does not affect the others. */
export async function reachAll<T extends object>(
  targets: readonly Target[],
  task: Task<T>,
  deps: ReachDeps<T>,
): Promise<Outcome<T>[]> {
  const outcomes = await Promise.all(targets.map(target => reach(target, task, deps)))
  return outcomes.flat()
}

async function reach<T extends object>(
  { server, families, secret }: Target,
  task: Task<T>,
  deps: ReachDeps<T>,
): Promise<Outcome<T>[]> {
  const reached = new AbortController()
  const waiting = new Set<Family>()
  const attempts = await Promise.all(
    families.map(family => {
      const onWait = (error: ClientError, retryInMs: number) => {
        waiting.add(family)
        // Until every family fails, one without a route may simply not exist here.
        if (error.reaction.reached !== 'server' && waiting.size < families.length) return
        deps.onOutcome({ server: server.href, family, outcome: 'waiting', ...failureOf(error), retryInMs })
      }
      return attempt({ server, secret }, family, reached, task, { ...deps, onWait })
    }),
  )
  const furthest = Math.max(...attempts.map(({ distance }) => distance))
  return attempts.map(({ outcome, distance }) => {
    if (outcome.outcome === 'done') return outcome
    // Most homes have no IPv6, some no IPv4. That is no failure if the other family reaches the server.
    const { exit, ...failure } = outcome
    const isAbsent = distance < Math.min(furthest, DISTANCES.server)
    const final: Outcome<T> = isAbsent ? { ...failure, outcome: 'absent' } : outcome
    deps.onOutcome(final)
    return final
  })
}

interface Attempt<T> {
  outcome: Extract<Outcome<T>, { outcome: 'done' | 'failed' }>
  /** How far it came: tells a family that does not exist here from one that fails. */
  distance: number
}

const DISTANCES = { nothing: 0, host: 1, server: 2, done: 3 } as const

async function attempt<T extends object>(
  peer: Pick<Peer, 'server' | 'secret'>,
  family: Family,
  reached: AbortController,
  task: Task<T>,
  deps: ReachDeps<T> & Pick<RetryOptions, 'onWait'>,
): Promise<Attempt<T>> {
  using connection = connect({ family, isInContainer: deps.isInContainer })
  const about = { server: peer.server.href, family }
  try {
    const policy = retryPolicy({ ...deps, reachedByOther: reached.signal })
    const result = await task({ ...deps, ...peer, connection }, policy)
    const outcome = { ...about, outcome: 'done' as const, ...result }
    deps.onOutcome(outcome)
    reached.abort()
    return { outcome, distance: DISTANCES.done }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const { exit, reached: far } = error.reaction
    if (far === 'server') reached.abort()
    const outcome = { ...about, outcome: 'failed' as const, ...failureOf(error), exit }
    return { outcome, distance: DISTANCES[far] }
  }
}
