import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import { durationText } from '@ipupdater/runtime'
import type { Sleep } from '../context.ts'
import { ClientError } from '../errors.ts'
import type { AcceptedAddress } from '../read/verify-entry.ts'
import type { WatchState } from './watch-state.ts'

/** An address that the command has to handle. */
export interface Change {
  device: DeviceName
  family: Family
  address: Address
  /** The address that was handled before. */
  previous: Address | null
}

export interface WatchDeps {
  pollMs: number
  /** The addresses that pass every check now. Throws a ClientError if none does. */
  read: () => Promise<readonly AcceptedAddress[]>
  /** Runs the command; null: it succeeded, otherwise why not. */
  handle: (change: Change) => Promise<string | null>
  state: WatchState
  save: (state: WatchState) => void
  onHandled: (change: Change) => void
  /** Gets each problem when it starts, not at every poll. */
  onProblem: (problem: ClientError) => void
  now: () => number
  sleep: Sleep
  stop: AbortSignal
}

/**
 * Runs the command for each verified address that differs from the one handled before. A report that is not newer
 * than the newest one seen is refused. One command runs at a time; one that fails is repeated after 5 seconds,
 * doubling to 5 minutes, with the address that is the newest by then.
 */
export async function watch(deps: WatchDeps): Promise<void> {
  const { pollMs, now, sleep, stop } = deps
  let { state } = deps
  let retry = { at: 0, delayMs: FIRST_DELAY_MS }
  let lastProblem: string | null = null
  while (!stop.aborted) {
    const { addresses, problem } = await newestAddresses(deps.read, state)
    if (problem !== null && problem.code !== lastProblem) deps.onProblem(problem)
    lastProblem = problem?.code ?? null
    state = withNewest(state, addresses)
    const changes = changesIn(state, addresses)
    if (addresses.length > 0) deps.save(state)
    for (const change of now() >= retry.at ? changes : []) {
      if (stop.aborted) break
      const failure = await deps.handle(change)
      if (failure === null) {
        state = withHandled(state, change)
        deps.save(state)
        deps.onHandled(change)
        retry = { at: 0, delayMs: FIRST_DELAY_MS }
        continue
      }
      const detail = `${failure}; trying again in ${durationText(retry.delayMs)}`
      deps.onProblem(new ClientError('command-failed', { detail }))
      retry = { at: now() + retry.delayMs, delayMs: Math.min(retry.delayMs * 2, LONGEST_DELAY_MS) }
      break
    }
    const waitMs = retry.at > now() ? Math.min(pollMs, retry.at - now()) : pollMs
    await sleep(waitMs, stop)
  }
}

const FIRST_DELAY_MS = 5_000
const LONGEST_DELAY_MS = 300_000

async function newestAddresses(read: WatchDeps['read'], state: WatchState) {
  let problem: ClientError | null = null
  let addresses: readonly AcceptedAddress[] = []
  try {
    addresses = await read()
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    problem = error
  }
  const isRolledBack = ({ family, timestamp }: AcceptedAddress) => timestamp < (state[family]?.newest ?? 0)
  const old = addresses.find(isRolledBack)
  if (old !== undefined) {
    const ms = (state[old.family]?.newest ?? 0) - old.timestamp
    const detail = `its report of ${old.address} is ${durationText(ms)} older than one seen before`
    problem = new ClientError('viewer-rolled-back', { detail })
  }
  return { problem, addresses: addresses.filter(each => !isRolledBack(each)) }
}

function withNewest(state: WatchState, addresses: readonly AcceptedAddress[]): WatchState {
  const newer = addresses.map(({ family, timestamp }) => [
    family,
    { handled: state[family]?.handled ?? null, newest: timestamp },
  ])
  return { ...state, ...Object.fromEntries(newer) }
}

function withHandled(state: WatchState, { family, address }: Change): WatchState {
  return { ...state, [family]: { newest: state[family]?.newest ?? 0, handled: address } }
}

function changesIn(state: WatchState, addresses: readonly AcceptedAddress[]): Change[] {
  return addresses.flatMap(({ device, family, address }) => {
    const previous = state[family]?.handled ?? null
    return previous === address ? [] : [{ device, family, address, previous }]
  })
}
