import type { Knex } from 'knex'
import { StorageError } from '../../storage-error.ts'
import { connect } from '../connection.ts'
import { storageFault } from '../faults.ts'
import type { DatabaseFiles } from '../files.ts'
import { filesOf, identityOf } from '../files.ts'
import { schemaOf } from '../schema.ts'

/** What a sound database holds. */
export interface Verified {
  readonly schema: number
  readonly devices: number
  /** Open ones and closed ones. */
  readonly tenures: number
  readonly outages: number
}

/** Reads all of `file`: is it a sound database, of a schema we know? @throws StorageError */
export async function verify(file: string): Promise<Verified> {
  const files = filesOf(file)
  if (identityOf(files.main) === null) throw new StorageError('missing', `there is no file ${file}`)
  // A copy lies still, and may lie where nothing can be written; one that has a -wal beside it is read with it.
  const access = identityOf(files.wal) === null ? 'immutable' : 'read'
  const knex = connect(files.main, { access })
  try {
    return await inspect(knex, files)
  } catch (error) {
    throw storageFault(error, files)
  } finally {
    await knex.destroy()
  }
}

async function inspect(knex: Knex, files: DatabaseFiles): Promise<Verified> {
  const schema = await schemaOf(knex, files)
  if (schema === 0) throw new StorageError('corrupt', `${files.main} is empty`)
  const faults: { integrity_check: string }[] = await knex.raw('PRAGMA integrity_check(1)')
  const fault = faults[0]?.integrity_check
  if (fault !== 'ok') throw new StorageError('corrupt', `${files.main} is damaged: ${fault}`)
  const [counts]: Omit<Verified, 'schema'>[] = await knex.raw(`
    SELECT (SELECT count(*) FROM devices) AS devices,
           (SELECT count(*) FROM open_tenures) + (SELECT count(*) FROM closed_tenures) AS tenures,
           (SELECT count(*) FROM outages) AS outages`)
  return { schema, ...(counts as Omit<Verified, 'schema'>) }
}
