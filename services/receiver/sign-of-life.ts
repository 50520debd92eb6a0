import type { Store } from '@ipupdater/storage'
import { repeat } from './repeat.ts'

export interface SignOfLifeOptions {
  /** A sign is given only if a report could be committed: otherwise no device can report, as if the receiver were down. */
  readonly store: Pick<Store, 'checkWritable' | 'signOfLife'>
  /** A name that no other receiver of the database has. */
  readonly receiver: string
  /** ms since the epoch */
  readonly now: () => number
  readonly everyMs?: number
}

/**
 * Gives a sign of life every 30 s. By it a reader tells the server's own downtime, in which no device can report, from
 * a silent device. Disposing ends it.
 */
export function startSignOfLife({
  store,
  receiver,
  now,
  everyMs = 30_000,
}: SignOfLifeOptions): AsyncDisposable {
  return repeat(async () => {
    try {
      await store.checkWritable()
      await store.signOfLife(receiver, now())
    } catch {
      // The next commit tells why. Here it only makes the receiver look absent.
    }
  }, everyMs)
}
