import { openReader, StorageError, sqliteFile } from '@ipupdater/storage'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

export async function lookAtDatabase(dir: string): Promise<Finding[]> {
  await using reader = openReader({ sqlite: sqliteFile(dir) })
  try {
    await reader.check()
    return [ok('database', 'can be read')]
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    const isMade = error.code !== 'missing' && error.code !== 'not-ready'
    return isMade
      ? [wrong('database', `${error.message}.`, null)]
      : [wrong('database', 'is not there yet.', makeIt)]
  }
}

const makeIt = 'start the receiver once, which makes it: docker compose up -d receiver'
