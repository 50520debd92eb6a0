import type { Knex } from 'knex'
import { StorageError } from '../../storage-error.ts'
import { connect } from '../connection.ts'
import { storageFault } from '../faults.ts'
import type { DatabaseFiles } from '../files.ts'
import { filesOf, identityOf } from '../files.ts'
import { schemaOf } from '../schema.ts'
import { assertBackup } from './backup-file.ts'

/** What a database without damage contains. */
export interface Verified {
  readonly schema: number
  readonly devices: number
  /** Open ones and closed ones. */
  readonly tenures: number
  readonly outages: number
}

/** Reads all of a database or backup. @throws StorageError if it is damaged, or of a schema we do not know */
export async function verify(file: string): Promise<Verified> {
  assertBackup(file)
  const knex = connectToCopy(file)
  try {
    return await inspect(knex, filesOf(file))
  } catch (error) {
    const fault = storageFault(error, filesOf(file))
    if (fault.code !== 'corrupt' || error instanceof StorageError) throw fault
    throw new StorageError('corrupt', `${file} is damaged`, { cause: error })
  } finally {
    await knex.destroy()
  }
}

/** Nobody writes to a copy, and its directory may be read-only. One with a -wal next to it is read with it. */
export function connectToCopy(file: string): Knex {
  return connect(file, { access: identityOf(filesOf(file).wal) === null ? 'immutable' : 'read' })
}

async function inspect(knex: Knex, files: DatabaseFiles): Promise<Verified> {
  const schema = await schemaOf(knex, files, { acceptBackup: true })
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
