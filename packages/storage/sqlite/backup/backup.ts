import { rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Knex } from 'knex'
import { connect } from '../connection.ts'
import { storageFault } from '../faults.ts'
import { databaseFiles, filesOf } from '../files.ts'
import { ReadOnlyVolume } from '../read-only-volume.ts'
import { copyDatabase } from './copy-database.ts'
import type { Verified } from './verify.ts'
import { verify } from './verify.ts'

/**
 * Copies the database of `dir` to `file`, also while the receiver runs. `file` appears, or is replaced, only once the
 * copy is whole, verified and on disk. @throws StorageError
 */
export async function backup(dir: string, file: string): Promise<Verified> {
  const access = new ReadOnlyVolume(databaseFiles(dir), () => '')
  try {
    return await access.read(({ knex }) => writeCopy(knex, file))
  } finally {
    await access.close()
  }
}

/** Writes what `knex` reads to `file`: one file, readable without any beside it. @throws StorageError */
export async function writeCopy(knex: Knex, file: string): Promise<Verified> {
  const partial = `${file}.partial`
  try {
    removeDatabase(partial)
    await copyDatabase(knex, { to: partial })
    await makeSingleFile(partial)
    const verified = await verify(partial)
    await rename(partial, file)
    await syncDirectory(dirname(file))
    return verified
  } catch (error) {
    removeDatabase(partial)
    throw storageFault(error, filesOf(file))
  }
}

/** A copy of a database in WAL mode is in WAL mode too. */
async function makeSingleFile(file: string): Promise<void> {
  const knex = connect(file, { access: 'write' })
  try {
    await knex.raw('PRAGMA journal_mode = DELETE')
  } finally {
    await knex.destroy()
  }
}

export function removeDatabase(file: string): void {
  const { main, wal, shm } = filesOf(file)
  for (const path of [main, wal, shm]) rmSync(path, { force: true })
}

/** A new name is on disk when its directory is. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
