import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import type { Knex } from 'knex'
import { StorageError } from '../../storage-error.ts'
import { identityOf } from '../files.ts'
import { APPLICATION_ID, BACKUP_APPLICATION_ID } from '../schema.ts'

/** What the header of a file says. `other`: another program's file, or none that SQLite can read. */
export type FileKind = 'backup' | 'old-backup' | 'database' | 'empty' | 'other'

/**
 * Reads the 100-byte header of an SQLite file (sqlite.org/fileformat.html, section 1.3).
 *
 * An `old-backup` is one from before backups were marked. It looks like a database that was closed cleanly, except that
 * a receiver's database is always named ipupdater.sqlite. @throws an error of the file system
 */
export function kindOf(path: string): FileKind {
  const header = readHeader(path)
  if (header.length === 0) return 'empty'
  if (header.length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 'other'
  const application = header.readUInt32BE(68)
  if (application === BACKUP_APPLICATION_ID) return 'backup'
  if (application !== APPLICATION_ID) return 'other'
  const isInUse = ['-wal', '-shm', '-journal'].some(suffix => identityOf(path + suffix) !== null)
  return isInUse || basename(path) === 'ipupdater.sqlite' ? 'database' : 'old-backup'
}

function readHeader(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(100)
    return header.subarray(0, readSync(file, header, 0, 100, 0))
  } finally {
    closeSync(file)
  }
}

/** Adds the registry, unless there is none, and marks the copy as a backup: one file, with no other next to it. */
export async function completeBackup(
  knex: Knex,
  registry: AsyncIterable<readonly string[]> | null,
): Promise<void> {
  await knex.raw('PRAGMA journal_mode = DELETE') // a copy of a database in WAL mode is in WAL mode, too
  await knex.raw('BEGIN')
  await knex.raw(`PRAGMA application_id = ${BACKUP_APPLICATION_ID}`)
  if (registry !== null) {
    await knex.raw(`CREATE TABLE ${REGISTRY_TABLE} (line TEXT NOT NULL) STRICT`)
    for await (const lines of registry) await insertLines(knex, lines)
  }
  await knex.raw('COMMIT')
}

/** One line of devices.jsonl a row, in the order of the file. */
export const REGISTRY_TABLE = 'registry'

async function insertLines(knex: Knex, lines: readonly string[]): Promise<void> {
  await knex.raw(`INSERT INTO ${REGISTRY_TABLE} (line) SELECT value FROM json_each(?)`, [
    JSON.stringify(lines),
  ])
}

/** The lines of the registry in a backup, in slices; null: it has none, because it is an old one. */
export async function registryIn(knex: Knex): Promise<AsyncIterable<string[]> | null> {
  const found = await knex('sqlite_schema').where({ type: 'table', name: REGISTRY_TABLE }).first()
  return found === undefined ? null : readLines(knex)
}

async function* readLines(knex: Knex): AsyncGenerator<string[]> {
  const slice = 500
  for (let last = 0; ; ) {
    const rows: { id: number; line: string }[] = await knex(REGISTRY_TABLE)
      .select({ id: 'rowid' }, 'line')
      .where('rowid', '>', last)
      .orderBy('rowid')
      .limit(slice)
    const newest = rows.at(-1)
    if (newest === undefined) return
    yield rows.map(({ line }) => line)
    last = newest.id
  }
}

/** @throws StorageError naming what is wrong with a file that was given as a backup */
export function assertBackup(path: string): void {
  const kind = readKind(path)
  if (kind === 'empty') throw new StorageError('corrupt', `${path} is empty`)
  if (kind === 'other') throw new StorageError('corrupt', `${path} is not an ipupdater backup`)
}

function readKind(path: string): FileKind {
  try {
    return kindOf(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StorageError('missing', `there is no file ${path}`)
    if (code === 'EISDIR') throw new StorageError('corrupt', `${path} is a directory, not a backup`)
    const isForbidden = code === 'EACCES' || code === 'EPERM'
    const reason = isForbidden ? `may not be read by uid ${process.geteuid?.()}` : `cannot be read (${code})`
    throw new StorageError(isForbidden ? 'no-access' : 'io', `${path} ${reason}`, { cause: error })
  }
}
