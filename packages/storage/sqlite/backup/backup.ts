import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import { rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Knex } from 'knex'
import type { StorageErrorCode } from '../../storage-error.ts'
import { StorageError } from '../../storage-error.ts'
import { connect } from '../connection.ts'
import { databaseFiles, filesOf } from '../files.ts'
import { ReadOnlyVolume } from '../read/read-only-volume.ts'
import { completeBackup } from './backup-file.ts'
import { copyDatabase } from './copy-database.ts'
import { syncPath } from './sync-path.ts'
import type { Verified } from './verify.ts'
import { verify } from './verify.ts'

/**
 * Copies the database of `dir`, and the registry with it, to one file of mode 0600, also while the receiver runs. The
 * file appears, or is replaced, only once the copy is complete, verified and on disk. The caller has made sure that
 * there is no file of anyone else.
 *
 * `registry` yields the lines of the device registry, in slices; null: a backup without one. @throws StorageError, and
 * what `registry` throws
 */
export async function backup(
  dir: string,
  file: string,
  registry: AsyncIterable<readonly string[]> | null = null,
): Promise<Verified> {
  const files = databaseFiles(dir)
  const access = new ReadOnlyVolume(files, () => '')
  const fill = async (partial: string) => {
    await access.read(({ knex }) => copyPages(knex, { from: files.main, to: partial, file }))
    await change(partial, copy => completeBackup(copy, registry))
  }
  try {
    return await writeCopy({ file, from: files.main, mode: 0o600, fill })
  } finally {
    await access.close()
  }
}

/** A copy of what `knex` reads, without a registry: one file, readable without another next to it. */
export async function copyAside(knex: Knex, from: string, file: string): Promise<Verified> {
  const fill = async (partial: string) => {
    await copyPages(knex, { from, to: partial, file })
    // A copy of a database in WAL mode is in WAL mode, too.
    await change(partial, copy => copy.raw('PRAGMA journal_mode = DELETE'))
  }
  return writeCopy({ file, from, mode: 0o666, fill })
}

interface CopyOptions {
  readonly file: string
  /** The database, for messages. */
  readonly from: string
  readonly mode: number
  /** Fills a file that is empty. */
  readonly fill: (partial: string) => Promise<void>
}

async function writeCopy({ file, from, mode, fill }: CopyOptions): Promise<Verified> {
  try {
    const dir = makeWorkDirectory(`${file}.partial`)
    try {
      const partial = join(dir, basename(file))
      closeSync(openSync(partial, 'wx', mode)) // SQLite keeps the mode of a file that exists
      await fill(partial)
      const verified = await verify(partial)
      await syncPath(partial)
      await rename(partial, file)
      await syncPath(dirname(file))
      return verified
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  } catch (error) {
    throw copyFault(error, from, file)
  }
}

async function copyPages(knex: Knex, { from, to, file }: { from: string; to: string; file: string }) {
  try {
    await copyDatabase(knex, { to })
  } catch (error) {
    throw copyFault(error, from, file)
  }
}

/**
 * A directory next to the file, for this copy alone: no file of anyone else can be in it, under any name that SQLite
 * gives to its side files. One that a killed backup left behind is removed.
 */
function makeWorkDirectory(dir: string): string {
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    removeLeftover(dir)
    mkdirSync(dir, { mode: 0o700 })
  }
  return dir
}

function removeLeftover(dir: string): void {
  const ours = basename(dir).replace(/\.partial$/, '')
  const isOurs = (name: string) => ['', '-wal', '-shm', '-journal'].some(suffix => name === ours + suffix)
  try {
    // A link may lead to a directory of someone else, which can hold a file of the same name.
    if (!lstatSync(dir).isDirectory()) throw new Error('not a directory')
    const names = readdirSync(dir)
    // Nothing is removed before all names are known to be ours.
    if (!names.every(isOurs)) throw new Error(`holds ${names.join(', ')}`)
    for (const name of names) rmSync(join(dir, name))
    rmdirSync(dir)
  } catch (error) {
    throw new StorageError('io', `${dir} is in the way`, { advice: 'move it away', cause: error })
  }
}

async function change(file: string, work: (knex: Knex) => Promise<unknown>): Promise<void> {
  const knex = connect(file, { access: 'write' })
  try {
    await work(knex)
  } finally {
    await knex.destroy()
  }
}

/**
 * The same code has another cause here than in a database in use: most often the directory of the copy. Errors of the
 * registry are returned as they are.
 */
function copyFault(error: unknown, from: string, file: string): unknown {
  if (error instanceof StorageError) {
    return error.code === 'corrupt'
      ? new StorageError('corrupt', `${from} is damaged`, { advice: 'restore a backup' })
      : error
  }
  const { code = '', message } = error as NodeJS.ErrnoException
  if (!/^(SQLITE_|E[A-Z0-9]+$)/.test(code)) return error
  const dir = dirname(file)
  const elsewhere = 'name another directory'
  const fault = (kind: StorageErrorCode, text: string, advice: string) =>
    new StorageError(kind, text, { advice, cause: error })
  if (/^(ENOENT|ENOTDIR)$/.test(code)) return fault('missing', `there is no directory ${dir}`, elsewhere)
  if (/^(EROFS|SQLITE_READONLY)$/.test(code)) return fault('read-only', `${dir} is read-only`, elsewhere)
  if (/^(EACCES|EPERM|SQLITE_PERM)$/.test(code)) {
    return fault('no-access', `${dir} cannot be written by uid ${process.geteuid?.()}`, elsewhere)
  }
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)$/.test(code) || statfsSync(dir).bavail === 0) {
    return fault('full', `no space is left for the copy in ${dir}`, `free some, or ${elsewhere}`)
  }
  if (/^SQLITE_(CORRUPT|NOTADB)$/.test(code))
    return fault('corrupt', `${from} is damaged`, 'restore a backup')
  if (/^SQLITE_(BUSY|LOCKED)$/.test(code))
    return fault('busy', `${from} is locked by another program`, 'try again')
  return new StorageError('io', `${from} cannot be copied to ${file} (${message})`, { cause: error })
}

export function removeDatabase(file: string): void {
  const { main, wal, shm } = filesOf(file)
  for (const path of [main, wal, shm, `${main}-journal`]) rmSync(path, { force: true })
}
