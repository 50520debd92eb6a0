import { existsSync } from 'node:fs'
import type { Store } from '@ipupdater/storage'
import { locationOf, openStore, StorageError } from '@ipupdater/storage'
import { assertDirectory } from '../directories.ts'
import type { AdminSettings } from '../settings.ts'

/** Works on the database next to the receiver, in transactions of its own. @throws AdminError, StorageError */
export async function withStore<Result>(
  settings: Pick<AdminSettings, 'dataDir' | 'databaseUrl'>,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const location = locationOf(settings)
  if ('sqlite' in location) {
    assertDirectory('DATA_DIR', settings.dataDir)
    if (!existsSync(location.sqlite)) {
      throw new StorageError('missing', `there is no ${location.sqlite}`, {
        advice: 'start the receiver, which creates it',
      })
    }
  }
  await using store = await openStore(location)
  return await work(store)
}
