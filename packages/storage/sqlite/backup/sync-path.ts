import { open } from 'node:fs/promises'

/** Waits until the content of a file is on disk; of a directory: the names in it (fsync(2)). */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
