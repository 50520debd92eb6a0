import { existsSync, renameSync } from 'node:fs'
import { StorageError } from '../../storage-error.ts'
import { connect } from '../connection.ts'
import { storageFault } from '../faults.ts'
import type { DatabaseFiles } from '../files.ts'
import { databaseFiles, filesOf, identityOf, prepareDataDirectory } from '../files.ts'
import { leaveLoneFile, openDatabase, WRITER_PRAGMAS } from '../open-database.ts'
import { copyAside, removeDatabase } from './backup.ts'
import { registryIn } from './backup-file.ts'
import { copyDatabase } from './copy-database.ts'
import { copyTables } from './copy-tables.ts'
import { syncPath } from './sync-path.ts'
import type { Verified } from './verify.ts'
import { connectToCopy, verify } from './verify.ts'

export interface RestoreOptions {
  /** DATA_DIR */
  readonly dir: string
  /** The backup */
  readonly file: string
  readonly now: () => number
  /**
   * Takes the registry out of the backup, line by line, before the database is touched. Null: the backup is an old one
   * without a registry.
   */
  readonly takeRegistry?: (lines: AsyncIterable<readonly string[]> | null) => Promise<unknown>
}

export interface Restored {
  readonly restored: Verified
  /** Where the database that was there before is kept; null: there was none. */
  readonly kept: string | null
}

/**
 * Replaces the database of `dir` by the one in a backup, also while the receiver runs.
 *
 * Timestamps up to now are refused from then on: an old message that the backup does not know must not count a second
 * time. @throws StorageError; the database is then as it was
 */
export async function restore({ dir, file, now, takeRegistry }: RestoreOptions): Promise<Restored> {
  const files = databaseFiles(dir)
  const staged = `${files.main}.restoring`
  const kept = `${files.main}.before-${new Date(now()).toISOString().replaceAll(':', '')}`
  const isItself = existsSync(file) && identityOf(file) === identityOf(files.main)
  if (isItself)
    throw new StorageError('io', `${file} is the database in use`, { advice: 'name a backup of it' })
  const restored = await verify(file)
  if (takeRegistry !== undefined) await readRegistry(file, takeRegistry)
  try {
    prepareDataDirectory(files)
    if (existsSync(kept)) throw new StorageError('io', `${kept} is in the way`, { advice: 'try again' })
    await stage(file, staged)
    const isThere = identityOf(files.main) !== null
    const isSound = isThere && (await keepCopy(files, kept))
    // No update is taken until the restored database is in place: it would not know what was acknowledged before.
    await setReplayFloor(staged, now() + CLOSED_MS)
    await (isSound ? overwrite(files, staged) : putInPlace(files, staged, kept))
    await setReplayFloor(files.main, now())
    return { restored, kept: isThere ? kept : null }
  } catch (error) {
    throw storageFault(error, files)
  } finally {
    removeDatabase(staged)
  }
}

async function readRegistry(file: string, take: NonNullable<RestoreOptions['takeRegistry']>): Promise<void> {
  const copy = connectToCopy(file)
  try {
    await take(await registryIn(copy))
  } finally {
    await copy.destroy()
  }
}

/** A copy next to the database, migrated: what follows cannot fail for lack of space or for an unknown schema. */
async function stage(file: string, staged: string): Promise<void> {
  removeDatabase(staged)
  await copyTables(file, staged)
  const copy = await openDatabase(filesOf(staged), { access: 'write' })
  await leaveLoneFile(copy)
  await copy.destroy()
  await verify(staged)
}

/** False: it is damaged, or newer than we know, and cannot be copied. */
async function keepCopy(files: DatabaseFiles, kept: string): Promise<boolean> {
  const knex = connect(files.main, { access: 'write', pragmas: WRITER_PRAGMAS })
  try {
    await copyAside(knex, files.main, kept)
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

/** Longer than the wait for the write lock can take. If this process dies meanwhile, updates are taken again after it. */
const CLOSED_MS = 60_000

/** One transaction in the existing database: whoever has it open sees the old content, then the new content. */
async function overwrite(files: DatabaseFiles, staged: string): Promise<void> {
  const knex = connect(files.main, { access: 'write', pragmas: WRITER_PRAGMAS })
  try {
    await copyDatabase(knex, { from: staged })
  } finally {
    await knex.destroy()
  }
}

/** Moves the existing database away with its side files: a -wal applied to another database would ruin that one. */
async function putInPlace(files: DatabaseFiles, staged: string, kept: string): Promise<void> {
  const aside = filesOf(kept)
  for (const kind of ['main', 'wal', 'shm'] as const) {
    if (identityOf(files[kind]) !== null) renameSync(files[kind], aside[kind])
  }
  renameSync(staged, files.main)
  await syncPath(files.dir)
}
