import { openReader, StorageError, sqliteFile } from '@ipupdater/storage'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

export async function lookAtDatabase(dir: string, isContainer: boolean): Promise<Finding[]> {
  await using reader = openReader({ sqlite: sqliteFile(dir) })
  try {
    await reader.check()
    return [ok('database', 'can be read')]
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    if (error.code !== 'missing' && error.code !== 'not-ready') {
      return [wrong('database', `${error.fault}.`, error.advice)]
    }
    const start = isContainer ? 'docker compose up -d receiver' : 'start the receiver'
    return [wrong('database', 'does not exist yet.', `${start}; it creates the database.`)]
  }
}
