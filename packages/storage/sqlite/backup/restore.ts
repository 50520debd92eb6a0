import { renameSync } from 'node:fs'
import { StorageError } from '../../storage-error.ts'
import type { Access } from '../connection.ts'
import { connect } from '../connection.ts'
import { storageFault } from '../faults.ts'
import type { DatabaseFiles } from '../files.ts'
import { databaseFiles, filesOf, identityOf, prepareDataDirectory } from '../files.ts'
import { leaveLoneFile, openDatabase, WRITER_PRAGMAS } from '../open-database.ts'
import { removeDatabase, syncDirectory, writeCopy } from './backup.ts'
import { copyDatabase } from './copy-database.ts'
import type { Verified } from './verify.ts'
import { verify } from './verify.ts'

export interface Restored {
  readonly restored: Verified
  /** Where the database that stood there before is kept; null: there was none. */
  readonly kept: string | null
}

/**
 * Puts the backup `file` in the place of the database of `dir`, also while the receiver runs.
 *
 * Timestamps up to now are refused from then on: an old message that the backup does not know must not count a second
 * time. @throws StorageError; the database is then as it was
 */
export async function restore(options: {
  readonly dir: string
  readonly file: string
  readonly now: () => number
}): Promise<Restored> {
  const files = databaseFiles(options.dir)
  const staged = `${files.main}.restoring`
  const kept = `${files.main}.before-${new Date(options.now()).toISOString().replaceAll(':', '')}`
  try {
    const restored = await verify(options.file)
    prepareDataDirectory(files)
    await stage(options.file, staged)
    const isThere = identityOf(files.main) !== null
    const isSound = isThere && (await keepCopy(files, kept))
    // Closed until it stands: what the receiver acknowledges before that, the restored database does not know.
    await setReplayFloor(staged, options.now() + CLOSED_MS)
    await (isSound ? overwrite(files, staged) : putInPlace(files, staged, kept))
    await setReplayFloor(files.main, options.now())
    return { restored, kept: isThere ? kept : null }
  } catch (error) {
    throw storageFault(error, files)
  } finally {
    removeDatabase(staged)
  }
}

/** A copy beside the database, migrated: what follows cannot fail for want of space to read or schema to know. */
async function stage(file: string, staged: string): Promise<void> {
  const access: Access = identityOf(filesOf(file).wal) === null ? 'immutable' : 'read'
  const source = connect(file, { access })
  try {
    await writeCopy(source, staged)
  } finally {
    await source.destroy()
  }
  const copy = await openDatabase(filesOf(staged), { access: 'write' })
  await leaveLoneFile(copy)
  await copy.destroy()
}

/** False: it is damaged, or newer than we know, and cannot be copied. */
async function keepCopy(files: DatabaseFiles, kept: string): Promise<boolean> {
  const knex = connect(files.main, { access: 'write', pragmas: WRITER_PRAGMAS })
  try {
    await writeCopy(knex, kept)
    return true
  } catch (error) {
    if (error instanceof StorageError && ['corrupt', 'newer-schema'].includes(error.code)) return false
    throw error
  } finally {
    await knex.destroy()
  }
}

async function setReplayFloor(file: string, floor: number): Promise<void> {
  const knex = connect(file, { access: 'write', pragmas: WRITER_PRAGMAS })
  try {
    await knex('meta').where({ name: 'replay-floor' }).update({ value: floor })
    await leaveLoneFile(knex)
  } finally {
    await knex.destroy()
  }
}

/** More than the wait for the write lock can take. Should we die meanwhile, it opens by itself after that. */
const CLOSED_MS = 60_000

/** One transaction in the standing database: whoever has it open sees the old one, then the new one. */
async function overwrite(files: DatabaseFiles, staged: string): Promise<void> {
  const knex = connect(files.main, { access: 'write', pragmas: WRITER_PRAGMAS })
  try {
    await copyDatabase(knex, { from: staged })
  } finally {
    await knex.destroy()
  }
}

/** Sets aside what stands there, side files too: a -wal applied to another database would ruin that. */
async function putInPlace(files: DatabaseFiles, staged: string, kept: string): Promise<void> {
  const aside = filesOf(kept)
  for (const kind of ['main', 'wal', 'shm'] as const) {
    if (identityOf(files[kind]) !== null) renameSync(files[kind], aside[kind])
  }
  renameSync(staged, files.main)
  await syncDirectory(files.dir)
}
