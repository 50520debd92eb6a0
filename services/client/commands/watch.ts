import { join } from 'node:path'
import { familyName } from '@ipupdater/protocol'
import { duration } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { ClientError, failureLine, UsageError, VIEWER } from '../errors.ts'
import { connect } from '../http.ts'
import { acceptedAddresses } from '../read/accepted-addresses.ts'
import { fetchAddresses } from '../read/viewer.ts'
import { readViewSettings } from '../settings/view-settings.ts'
import { runCommand } from '../watch/run-command.ts'
import type { Change } from '../watch/watch.ts'
import { watch as watchAddresses } from '../watch/watch.ts'
import type { WatchState } from '../watch/watch-state.ts'
import { readWatchState, writeWatchState } from '../watch/watch-state.ts'

export interface WatchSwitches {
  state?: string | undefined
  poll?: string | undefined
  unsigned: boolean
}

/** Runs a command whenever a device has a new verified address, until SIGTERM or SIGINT. */
export async function watch(
  command: readonly string[],
  { state: statePath, poll, unsigned }: WatchSwitches,
  context: Context,
): Promise<ExitCode> {
  if (command.length === 0)
    throw new UsageError('The command is missing. Example: ipupdater watch home -- ./reload.sh')
  const settings = readViewSettings(context, { needsSecret: !unsigned })
  const { device, viewer } = settings
  const path = statePath ?? defaultStatePath(context, device)
  const pollMs = millisecondsOf(poll)
  const state = stateAt(path, settings.device)
  using stop = context.stopSignal()
  await watchAddresses({
    ...context,
    pollMs,
    state,
    stop: stop.signal,
    save: families => writeWatchState(path, device, families),
    async read() {
      // A new connection each time follows changes of DNS.
      using connection = connect({ service: VIEWER, isInContainer: context.isInContainer })
      const entries = await fetchAddresses(connection, viewer, device)
      return acceptedAddresses(entries, { ...settings, allowUnsigned: unsigned, now: context.now() })
        .addresses
    },
    handle: change => runCommand(command, change, context.env, stop.signal),
    onHandled: change => printHandled(change, context),
    onProblem: problem => printProblem(problem, context),
  })
  return 0
}

function printHandled(change: Change, { json, stdout, stderr }: Context): void {
  const { device, family, address, previous } = change
  const was = previous === null ? '' : `, was ${previous}`
  if (json) stdout(JSON.stringify({ outcome: 'done', ...change }))
  else stderr(`${device} has the ${familyName(family)} address ${address}${was}. The command succeeded.`)
}

function printProblem(problem: ClientError, { json, stdout, stderr }: Context): void {
  if (json) stdout(JSON.stringify({ ...failureLine(problem), outcome: 'waiting' }))
  else stderr(problem.message)
}

/** The XDG Base Directory Specification has state in ~/.local/state. */
function defaultStatePath({ env }: Pick<Context, 'env'>, device: string): string {
  const base = env.XDG_STATE_HOME || (env.HOME ? join(env.HOME, '.local/state') : '')
  if (base === '') throw new UsageError('HOME is not set. Name the state file with --state.')
  return join(base, 'ipupdater', `watch-${device}.json`)
}

function stateAt(path: string, device: Change['device']): WatchState {
  try {
    return readWatchState(path, device)
  } catch (cause) {
    throw new ClientError('state-unreadable', { detail: `${path}: ${(cause as Error).message}`, cause })
  }
}

function millisecondsOf(poll = '30s'): number {
  const setting = duration({ name: '--poll', description: '', unit: 'ms', min: 1_000, max: 86_400_000 })
  try {
    return setting.read(/^\d+$/.test(poll) ? `${poll}s` : poll)
  } catch {
    throw new UsageError(`--poll "${poll}" is not a duration from 1s to 1d. Example: 30s`)
  }
}
