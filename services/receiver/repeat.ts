import { setTimeout as sleep } from 'node:timers/promises'

export interface Repeated extends AsyncDisposable {
  /** Resolves after the first run. */
  readonly first: Promise<void>
}

/**
 * Runs `work` at once, and again `everyMs` after each end, until it is disposed of. Disposing waits for the run in
 * progress, which sees `stop` aborted.
 */
export function repeat(work: (stop: AbortSignal) => Promise<void>, everyMs: number): Repeated {
  const stop = new AbortController()
  const first = work(stop.signal)
  const done = run()
  return {
    first,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }

  async function run(): Promise<void> {
    await first
    for (;;) {
      await pause(everyMs, stop.signal)
      if (stop.signal.aborted) return
      await work(stop.signal)
    }
  }
}

/** Ends early, without an error, once `stop` is aborted. It does not keep the program running. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stop, ref: false }).catch(() => {})
}
