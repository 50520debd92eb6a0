import type { DeviceName, Family, Secret } from '@ipupdater/protocol'
import { ClientError } from './client-error.ts'
import type { Peer } from './exchange.ts'
import { connect } from './http.ts'
import type { Patience, PatienceOptions } from './patience.ts'
import { patience } from './patience.ts'
import type { Sleep } from './sleep.ts'
import type { Target } from './targets.ts'
import type { Verdict } from './verdict.ts'

/** What is done with each server: one exchange, or a part of it. */
export type Task<T> = (peer: Peer, patience: Patience) => Promise<T>

export interface ReachDeps<T> {
  device: DeviceName
  secret: Secret
  /** No try begins later than this. */
  until: number
  now: () => number
  random: () => number
  randomBytes: (size: number) => Buffer
  sleep: Sleep
  /** Told of each verdict when it falls. */
  onVerdict: (verdict: Verdict<T>) => void
}

/** Does the task with every server by every family, each for itself: none waits for another, or hides its failure. */
export async function reachAll<T extends object>(
  targets: readonly Target[],
  task: Task<T>,
  deps: ReachDeps<T>,
): Promise<Verdict<T>[]> {
  const verdicts = await Promise.all(targets.map(target => reach(target, task, deps)))
  return verdicts.flat()
}

async function reach<T extends object>(
  { server, families }: Target,
  task: Task<T>,
  deps: ReachDeps<T>,
): Promise<Verdict<T>[]> {
  const found = new AbortController()
  const struggling = new Set<Family>()
  const attempts = await Promise.all(
    families.map(family => {
      const onWait = (error: ClientError, retryInMs: number) => {
        struggling.add(family)
        // Until every family struggles, one that finds no way may just not be there.
        if (error.reaction.reached !== 'server' && struggling.size < families.length) return
        deps.onVerdict({ server: server.href, family, outcome: 'waiting', ...troubleOf(error), retryInMs })
      }
      return attempt(server, family, found, task, { ...deps, onWait })
    }),
  )
  const furthest = Math.max(...attempts.map(({ distance }) => distance))
  return attempts.map(({ verdict, distance }) => {
    if (verdict.outcome === 'done') return verdict
    // Most homes have no IPv6, some no IPv4: that is no fault as long as the other family gets there.
    const { exit, ...trouble } = verdict
    const isAbsent = distance < Math.min(furthest, DISTANCES.server)
    const final: Verdict<T> = isAbsent ? { ...trouble, outcome: 'absent' } : verdict
    deps.onVerdict(final)
    return final
  })
}

interface Attempt<T> {
  verdict: Extract<Verdict<T>, { outcome: 'done' | 'failed' }>
  /** How far it came, to tell a family that is not there from one that fails. */
  distance: number
}

const DISTANCES = { nothing: 0, host: 1, server: 2, done: 3 } as const

async function attempt<T extends object>(
  server: URL,
  family: Family,
  found: AbortController,
  task: Task<T>,
  deps: ReachDeps<T> & Pick<PatienceOptions, 'onWait'>,
): Promise<Attempt<T>> {
  using connection = connect(family)
  const about = { server: server.href, family }
  try {
    const result = await task({ ...deps, connection, server }, patience({ ...deps, enough: found.signal }))
    const verdict = { ...about, outcome: 'done' as const, ...result }
    deps.onVerdict(verdict)
    found.abort()
    return { verdict, distance: DISTANCES.done }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const { exit, reached } = error.reaction
    if (reached === 'server') found.abort()
    const verdict = { ...about, outcome: 'failed' as const, ...troubleOf(error), exit }
    return { verdict, distance: DISTANCES[reached] }
  }
}

function troubleOf({ code, message, detail }: ClientError) {
  return { code, message, ...(detail === undefined ? {} : { detail }) }
}
