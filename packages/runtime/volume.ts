import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartError } from './start-error.ts'

/**
 * Makes sure that `dir` is a directory we can read and write, making it with `mode` if it is missing.
 * `variable` is the setting that names it (DATA_DIR, KEYS_DIR).
 *
 * @throws StartError saying whose it is, who we are, and the command that cures it
 */
export function ensureVolume(dir: string, variable: string, mode = 0o755): void {
  const given = `${variable}=${dir}`
  try {
    mkdirSync(dir, { recursive: true, mode })
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, dir, given)
  }
}

/** The refusal to start over a file in a volume: it is there, and reading it failed so. */
export function unreadableFile(path: string, error: NodeJS.ErrnoException): StartError {
  const isForeign = error.code === 'EACCES' || error.code === 'EPERM'
  if (!isForeign) return unusable(`${path} cannot be read`, error)
  return new StartError(
    'volume-owner',
    `${path} ${ownerOf(path)}; this program runs as ${us()} and may not read it.`,
    chownCommands(dirname(path)),
    { cause: error },
  )
}

function explain(error: NodeJS.ErrnoException, dir: string, given: string): StartError {
  switch (error.code) {
    case 'EROFS':
      return new StartError(
        'volume-read-only',
        `${given} is on a read-only file system, and this program writes there.`,
        'mount a writable volume there; in Docker, one without ":ro" (-v ipupdater-data:/data).',
        { cause: error },
      )
    case 'EEXIST':
    case 'ENOTDIR':
      return new StartError(
        'volume-unusable',
        `${given} is not a directory.`,
        `move the file away, or name another directory.`,
        { cause: error },
      )
    case 'EACCES':
    case 'EPERM':
      return new StartError(
        'volume-owner',
        `${given} ${ownerOf(dir)}; this program runs as ${us()} and may not write there.`,
        chownCommands(dir),
        { cause: error },
      )
    default:
      return unusable(`${given} cannot be used`, error)
  }
}

function unusable(what: string, cause: Error): StartError {
  return new StartError(
    'volume-unusable',
    `${what}: ${cause.message}.`,
    'name a directory on a disk that works.',
    { cause },
  )
}

function us(): string {
  return `uid ${process.getuid?.()} and gid ${process.getgid?.()}`
}

function ownerOf(path: string): string {
  try {
    const { uid, gid, mode } = statSync(path)
    return `belongs to uid ${uid} and gid ${gid} (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`
  } catch {
    return 'does not exist and cannot be made'
  }
}

/** The image drops all capabilities, so even root in it needs two back for the moment. */
function chownCommands(dir: string): string {
  const who = `${process.getuid?.()}:${process.getgid?.()}`
  return [
    'give it to this program, then start again.',
    `  with Docker Compose:  docker compose run --rm --no-deps --user root --cap-add CHOWN --cap-add DAC_OVERRIDE --entrypoint chown receiver -R ${who} ${dir}`,
    `  a directory of the host mounted there, or without Docker:  sudo chown -R ${who} THE-DIRECTORY`,
  ].join('\n')
}
