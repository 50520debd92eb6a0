import { closeSync, futimesSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface SignOfLifeOptions {
  readonly dataDir: string
  /** ms since the epoch */
  readonly now: () => number
  /** Rejects if no report could be committed now: then no device can report, as if the receiver were down. */
  readonly checkWritable: () => Promise<void>
  readonly everyMs?: number
}

/**
 * Touches `receiver.alive` in the data directory every 30 s, as long as reports can be committed. By its time a reader
 * tells the server's own downtime, in which no device can report, from a silent device. Disposing ends it.
 */
export function startSignOfLife({
  dataDir,
  now,
  checkWritable,
  everyMs = 30_000,
}: SignOfLifeOptions): AsyncDisposable {
  const file = join(dataDir, 'receiver.alive')
  const stop = new AbortController()
  const done = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      await checkWritable().then(
        () => touch(file, now()),
        () => {}, // The next commit tells why.
      )
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => {})
    }
  }
}

/** A lost volume shows at the next commit, with a reason. Here it only makes the receiver look absent. */
function touch(file: string, nowMs: number): void {
  try {
    const descriptor = openSync(file, 'a', 0o644)
    futimesSync(descriptor, nowMs / 1000, nowMs / 1000)
    closeSync(descriptor)
  } catch {
    // See above.
  }
}
