import { setTimeout as sleep } from 'node:timers/promises'

/** Tells those who wait that what they have seen may have changed. */
export interface Changes {
  /** Differs if an answer may differ: by new data, or by a device that has become late. */
  stamp(): Promise<string>
  /** Resolves once the stamp is not `seen`, or soon after `signal` is aborted. */
  after(seen: string, signal: AbortSignal): Promise<void>
}

export interface ChangesOptions {
  /** Differs if the data may differ. */
  readonly version: () => Promise<string>
  readonly now: () => number
  readonly everyMs: number
}

/** Looks every `everyMs` while someone waits, once for all of them. */
export function watchChanges({ version, now, everyMs }: ChangesOptions): Changes {
  const stamp = async () => `${await version()} ${Math.floor(now() / 60_000)}`
  let look: Promise<string> | null = null

  function nextLook(): Promise<string> {
    look ??= sleep(everyMs, null, { ref: false }).then(() => {
      look = null
      return stamp().catch(() => 'unreadable') // those who wait find out why
    })
    return look
  }

  return {
    stamp,
    async after(seen, signal) {
      while (!signal.aborted && (await nextLook()) === seen);
    },
  }
}
