import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { chownAdvice, ownedBy, runningAs } from './ownership.ts'
import { StartError } from './start-error.ts'

/** A directory that a program reads and writes. */
export interface Volume {
  readonly dir: string
  /** The setting that names it: DATA_DIR, KEYS_DIR. */
  readonly variable: string
  /** The mode of the directory if it has to be created; default: 0755. */
  readonly mode?: number
}

/**
 * Makes sure that each directory exists and that this program can read and write it.
 *
 * @throws StartError; if the owner is wrong, it names all such directories and the command that fixes them
 */
export function ensureVolumes(volumes: readonly Volume[]): void {
  const foreign = volumes.filter(volume => !isAccessible(volume))
  if (foreign.length === 0) return
  const sentences = foreign.map(
    ({ dir, variable }) =>
      `${variable}=${dir} ${ownedBy(dir)}, but this program runs as ${runningAs()} and cannot write there.`,
  )
  throw new StartError('volume-owner', sentences.join('\n'), chownAdvice(foreign.map(({ dir }) => dir)))
}

/** Is the directory on a file system that is mounted read-only? */
export function isReadOnly(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS'
  }
}

/** The refusal to start over a file in a volume that exists and could not be read because of `error`. */
export function unreadableFile(path: string, error: NodeJS.ErrnoException): StartError {
  if (!isDenied(error)) return unusable(`${path} cannot be read`, error)
  return new StartError(
    'volume-owner',
    `${path} ${ownedBy(path)}, but this program runs as ${runningAs()} and cannot read it.`,
    chownAdvice([dirname(path)]),
    { cause: error },
  )
}

/** @throws StartError unless the directory is there, or belongs to somebody else */
function isAccessible({ dir, variable, mode = 0o755 }: Volume): boolean {
  try {
    makeDirectory(dir, mode)
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch (error) {
    if (isDenied(error as NodeJS.ErrnoException)) return false
    throw explain(error as NodeJS.ErrnoException, `${variable}=${dir}`)
  }
}

function makeDirectory(dir: string, mode: number): void {
  try {
    mkdirSync(dir, { recursive: true, mode })
  } catch (error) {
    // Node says ENOENT for a file system that is read-only; the directory above tells the true reason.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') accessSync(existingPart(dir), constants.W_OK)
    throw error
  }
}

function existingPart(path: string): string {
  return existsSync(path) ? path : existingPart(dirname(path))
}

function isDenied({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EACCES' || code === 'EPERM'
}

function explain(cause: NodeJS.ErrnoException, given: string): StartError {
  if (cause.code === 'EROFS') {
    return new StartError(
      'volume-read-only',
      `${given} is on a read-only file system, and this program writes there.`,
      'mount a writable volume there; in Docker, one without ":ro" (-v ipupdater-data:/data).',
      { cause },
    )
  }
  if (cause.code === 'EEXIST' || cause.code === 'ENOTDIR') {
    const advice = 'move the file away, or name another directory.'
    return new StartError('volume-unusable', `${given} is not a directory.`, advice, { cause })
  }
  return unusable(`${given} cannot be used`, cause)
}

function unusable(what: string, cause: Error): StartError {
  const advice = 'name a directory on a disk that works.'
  return new StartError('volume-unusable', `${what}: ${cause.message}.`, advice, { cause })
}
