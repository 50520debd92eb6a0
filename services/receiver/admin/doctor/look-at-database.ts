import type { Reader } from '@ipupdater/storage'
import { locationOf, openReader, StorageError } from '@ipupdater/storage'
import { clockToleranceMs } from '../../settings.ts'
import type { AdminSettings } from '../settings.ts'
import { compareClocks } from './compare-clocks.ts'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

export async function lookAtDatabase(
  settings: AdminSettings,
  isContainer: boolean,
  now: () => number,
): Promise<Finding[]> {
  await using reader = openReader(locationOf(settings))
  try {
    await reader.check()
    return [ok('database', 'can be read'), ...(await lookAtDatabaseClock(reader, settings, now))]
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    if (error.code !== 'missing' && error.code !== 'not-ready') {
      return [wrong('database', `${error.fault}.`, error.advice)]
    }
    const start = isContainer ? 'docker compose up -d receiver' : 'start the receiver'
    return [wrong('database', 'does not exist yet.', `${start}; it creates the database.`)]
  }
}

async function lookAtDatabaseClock(
  reader: Reader,
  settings: AdminSettings,
  now: () => number,
): Promise<Finding[]> {
  const before = now()
  const theirs = await reader.clock()
  if (theirs === null) return []
  return [compareClocks({ before, theirs, after: now(), toleranceMs: clockToleranceMs(settings) })]
}
