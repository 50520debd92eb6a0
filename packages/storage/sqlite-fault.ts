import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import type { DatabaseFiles } from './database-files.ts'
import type { StorageErrorCode } from './storage-error.ts'
import { StorageError } from './storage-error.ts'

/** Says in our words, with the cure, what SQLite or the file system found wrong with these files. */
export function storageFault(error: unknown, files: DatabaseFiles): StorageError {
  if (error instanceof StorageError) return error
  const code = refine(CODES[codeOf(error)] ?? 'io', files)
  return new StorageError(code, `${MESSAGES[code](files)} (${messageOf(error)})`, { cause: error })
}

/** Is this what SQLite calls so? */
export function isFault(error: unknown, code: `SQLITE_${string}`): boolean {
  return codeOf(error) === code
}

/** Result codes of SQLite (sqlite.org/rescode.html) and of the operating system. */
const CODES: Readonly<Record<string, StorageErrorCode>> = {
  SQLITE_FULL: 'full',
  ENOSPC: 'full',
  EDQUOT: 'full',
  SQLITE_READONLY: 'read-only',
  EROFS: 'read-only',
  SQLITE_PERM: 'wrong-owner',
  EACCES: 'wrong-owner',
  EPERM: 'wrong-owner',
  SQLITE_CORRUPT: 'corrupt',
  SQLITE_NOTADB: 'corrupt',
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_PROTOCOL: 'busy',
  SQLITE_CANTOPEN: 'io',
  ENOENT: 'missing',
}

/** SQLite's code names the symptom; a look at the files often names the cause. */
function refine(code: StorageErrorCode, files: DatabaseFiles): StorageErrorCode {
  if (code !== 'io' && code !== 'read-only') return code
  try {
    accessSync(files.main, constants.F_OK)
    // The side files cannot grow on a full volume; SQLite calls that an I/O error.
    if (code === 'io' && statfsSync(files.dir).bavail === 0) return 'full'
    accessSync(files.main, constants.R_OK)
    if (code === 'read-only') accessSync(files.main, constants.W_OK)
    return code
  } catch (error) {
    return CODES[codeOf(error)] ?? code
  }
}

const MESSAGES: Readonly<Record<StorageErrorCode, (files: DatabaseFiles) => string>> = {
  full: ({ dir }) => `no space is left on the volume of ${dir}: free some; nothing acknowledged is lost`,
  'read-only': ({ dir }) => `${dir} is read-only: mount it writable`,
  'wrong-owner': ({ dir, main }) => ownership(dir, main),
  missing: ({ main }) => `there is no ${main}: put it back, or restart the receiver to begin a new one`,
  corrupt: ({ main }) => `${main} is damaged: restore a backup`,
  busy: ({ main }) => `another program holds the write lock of ${main}: end it`,
  io: ({ main }) => `${main} cannot be read or written`,
  'not-ready': ({ main }) => `${main} cannot be read yet: start the receiver`,
  'newer-schema': ({ main }) => `${main} was written by a newer version: run that one`,
  'bad-cursor': () => 'not a cursor',
  closed: ({ main }) => `${main} is closed`,
}

/** Whose it is, who we are, and the command. */
function ownership(dir: string, main: string): string {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()]
  const ofMain = ownerOf(main)
  const whose = ofMain === null ? `${dir} belongs to ${ownerOf(dir)}` : `${main} belongs to ${ofMain}`
  return `${whose}, this process runs as ${uid}:${gid}: chown -R ${uid}:${gid} ${dir}`
}

function ownerOf(path: string): string | null {
  try {
    const { uid, gid } = statSync(path)
    return `${uid}:${gid}`
  } catch {
    return null // not there, or behind a directory that is not ours
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
