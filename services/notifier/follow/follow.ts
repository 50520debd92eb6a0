import type { Log } from '@ipupdater/runtime'
import { StorageError } from '@ipupdater/storage'
import type { Sleep } from '../context.ts'
import type { Follower } from './follower.ts'

export interface FollowOptions {
  readonly follower: Follower
  /** Called after each round: there may be messages to deliver. */
  readonly afterRound: () => void
  readonly sleep: Sleep
  readonly log: Log
}

/** Whether the last round went through. */
export interface Following extends AsyncDisposable {
  /** Null: it did. Otherwise why not, as an error code. */
  fault(): string | null
}

/** Runs a round every second until `stop`. A failure never ends it: the next round tries again. */
export function startFollowing(
  { follower, afterRound, sleep, log }: FollowOptions,
  stop: AbortSignal,
): Following {
  let fault: string | null = 'starting'
  const done = loop()
  return { fault: () => fault, [Symbol.asyncDispose]: () => done }

  async function loop(): Promise<void> {
    while (!stop.aborted) {
      try {
        await follower.round()
        if (fault !== null && fault !== 'starting') log.info('the addresses can be followed again')
        fault = null
      } catch (error) {
        report(error)
      }
      afterRound()
      await sleep(ROUND_MS, stop)
    }
  }

  /** Once for each kind of failure, not every second. */
  function report(error: unknown): void {
    const code = error instanceof StorageError ? error.code : codeOf(error)
    if (code === fault) return
    fault = code
    if (error instanceof StorageError) log.warn('waiting for the addresses', { code, why: error.message })
    else log.error('the addresses cannot be followed; trying again', { error })
  }
}

const ROUND_MS = 1_000

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unexpected'
}
