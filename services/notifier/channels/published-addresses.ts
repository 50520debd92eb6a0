import type { DeviceName } from '@ipupdater/protocol'
import { parseAddress } from '@ipupdater/protocol'
import type { Reader } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'
import type { PublishedAddress } from './publish.ts'

/** The current addresses of a device, and which of them are contested. Throws StorageError. */
export function addressReader(
  reader: Pick<Reader, 'currentOf'>,
  now: () => number,
): (device: DeviceName) => Promise<PublishedAddress[]> {
  return async device => {
    const current = (await reader.currentOf(device)) ?? []
    return current.map(({ family, address, flippedAt }) => ({
      family,
      // It goes into a URL: somebody who can write the database must not be able to write the query.
      address: parseAddress(address),
      contestedUntil: flippedAt !== null && isContested(flippedAt, now()) ? flippedAt + CONTESTED_MS : null,
    }))
  }
}

/** As long as `isContested` lasts. */
const CONTESTED_MS = 3_600_000
