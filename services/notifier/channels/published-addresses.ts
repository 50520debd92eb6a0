import type { DeviceName } from '@ipupdater/protocol'
import { parseAddress } from '@ipupdater/protocol'
import type { Reader } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'
import type { PublishedAddress } from './publish.ts'

/** What a device holds now, and which of it two senders claim. Throws StorageError. */
export function addressReader(
  reader: Pick<Reader, 'currentOf'>,
  now: () => number,
): (device: DeviceName) => Promise<PublishedAddress[]> {
  return async device => {
    const held = (await reader.currentOf(device)) ?? []
    return held.map(({ family, address, flippedAt }) => ({
      family,
      // It goes into a URL: whoever can write the database must not write the query.
      address: parseAddress(address),
      contestedUntil: flippedAt !== null && isContested(flippedAt, now()) ? flippedAt + CONTESTED_MS : null,
    }))
  }
}

/** As long as `isContested` lasts. */
const CONTESTED_MS = 3_600_000
