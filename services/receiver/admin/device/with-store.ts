import { existsSync } from 'node:fs'
import type { Store } from '@ipupdater/storage'
import { openStore, StorageError, sqliteFile } from '@ipupdater/storage'
import { assertDirectory } from '../directories.ts'

/** Works on the database next to the receiver, in transactions of its own. @throws AdminError, StorageError */
export async function withStore<Result>(
  dataDir: string,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  assertDirectory('DATA_DIR', dataDir)
  const file = sqliteFile(dataDir)
  if (!existsSync(file)) {
    throw new StorageError('missing', `there is no ${file}`, {
      advice: 'start the receiver, which creates it',
    })
  }
  await using store = await openStore({ sqlite: file })
  return await work(store)
}
