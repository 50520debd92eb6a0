import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import type { StorageErrorCode } from '../storage-error.ts'
import { StorageError } from '../storage-error.ts'
import type { DatabaseFiles } from './files.ts'

/** Translates a fault of SQLite or the file system: what is wrong with which file, and how to fix it. */
export function storageFault(error: unknown, files: DatabaseFiles): StorageError {
  if (error instanceof StorageError) return error
  const code = refine(CODES[codeOf(error)] ?? 'io', files)
  const [fault, advice] = MESSAGES[code](files)
  return new StorageError(code, `${fault} (${messageOf(error)})`, { advice, cause: error })
}

/** Has SQLite failed with this result code? */
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
  SQLITE_PERM: 'no-access',
  EACCES: 'no-access',
  EPERM: 'no-access',
  SQLITE_CORRUPT: 'corrupt',
  SQLITE_NOTADB: 'corrupt',
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_PROTOCOL: 'busy',
  SQLITE_CANTOPEN: 'io',
  ENOENT: 'missing',
}

/** SQLite's code names the symptom; the state of the files often names the cause. */
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

const MESSAGES: Readonly<
  Record<StorageErrorCode, (files: DatabaseFiles) => readonly [fault: string, advice?: string]>
> = {
  full: ({ dir }) => [`no space is left on the volume of ${dir}`, 'free some; nothing acknowledged is lost'],
  'read-only': ({ dir }) => [`${dir} is read-only`, 'mount it writable'],
  'no-access': ({ dir, main }) => ownership(dir, main),
  missing: ({ main }) => [`there is no ${main}`, 'put it back, or restart the receiver to create a new one'],
  corrupt: ({ main }) => [`${main} is damaged`, 'restore a backup'],
  busy: ({ main }) => [`another program holds the write lock of ${main}`, 'end it'],
  'in-use': ({ dir }) => [`another receiver uses ${dir}`],
  unreachable: ({ main }) => [`${main} cannot be reached`],
  unsuitable: ({ main }) => [`${main} cannot be used`],
  io: ({ main }) => [`${main} cannot be read or written`],
  'not-ready': ({ main }) => [`${main} cannot be read yet`, 'start the receiver'],
  'newer-schema': ({ main }) => [`${main} was written by a newer version`, 'run that one'],
  'bad-cursor': () => ['not a cursor'],
  closed: ({ main }) => [`${main} is closed`],
}

/** The owner, this process's user, and the command that fixes it. */
function ownership(dir: string, main: string): readonly [fault: string, advice: string] {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()]
  const ofMain = ownerOf(main)
  const owner = ofMain === null ? `${dir} belongs to ${ownerOf(dir)}` : `${main} belongs to ${ofMain}`
  return [`${owner}, this process runs as ${uid}:${gid}`, `chown -R ${uid}:${gid} ${dir}`]
}

function ownerOf(path: string): string | null {
  try {
    const { uid, gid } = statSync(path)
    return `${uid}:${gid}`
  } catch {
    return null // it does not exist, or its directory cannot be read
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code)
}

/** Without the statement that Knex writes in front of SQLite's own words. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^.* - (?=SQLITE_)/s, '')
}
