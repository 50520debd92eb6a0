import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { kindOf } from '@ipupdater/storage'
import { AdminError } from '../admin-error.ts'
import type { AdminContext } from '../context.ts'
import type { AdminSettings } from '../settings.ts'

type Directories = Pick<AdminSettings, 'dataDir' | 'keysDir'> & Pick<AdminContext, 'isContainer'>

/**
 * Makes sure that a backup may be written to `file`: nothing is there, or an older backup; anything else only with
 * `force`. Never a file of the server itself, by whatever path it is reached.
 *
 * @throws AdminError
 */
export function assertTarget(file: string, directories: Directories, force: boolean): void {
  const refuse = (message: string, advice: string) => {
    throw new AdminError('refused', message, advice)
  }
  const { dataDir, keysDir } = directories
  const elsewhere = `name a file in another directory, such as ${examplePath(directories)}.`
  const dir = realDirectory(file)
  if (dir === null) {
    refuse(`There is no directory ${dirname(file)}.`, 'make it, or name a file in another directory.')
  } else if (isWithin(dir, keysDir)) {
    refuse(`${file} is in KEYS_DIR, where no backup is written.`, elsewhere)
  } else if (isWithin(dir, dataDir)) {
    refuse(
      `${file} is in DATA_DIR, which the viewer can read, and a backup contains the secret of every device.`,
      elsewhere,
    )
  }

  const existing = lstatSync(file, { throwIfNoEntry: false })
  if (existing === undefined) return
  if (existing.isSymbolicLink()) refuse(`${file} is a symbolic link.`, 'name the file itself.')
  if (!existing.isFile()) refuse(`${file} is not a file.`, 'name a file.')
  if (isOneOf(file, [dataDir, keysDir])) {
    refuse(`${file} is the same file as one in DATA_DIR or KEYS_DIR (a hard link).`, elsewhere)
  }
  const side = ['-wal', '-shm', '-journal'].find(suffix => exists(file + suffix))
  if (side !== undefined) {
    refuse(`${file} is a database in use: ${basename(file)}${side} is next to it.`, elsewhere)
  }
  if (!force && !isBackup(file)) {
    refuse(`${file} exists and is not an ipupdater backup.`, 'name another file, or replace it with --force.')
  }
}

/** A regular file that `backup` has made. */
export function isBackup(file: string): boolean {
  try {
    return lstatSync(file).isFile() && ['backup', 'old-backup'].includes(kindOf(file))
  } catch {
    return false // it cannot be read
  }
}

function examplePath({ isContainer }: Directories): string {
  return isContainer ? '/backups/backup.sqlite' : '/var/backups/ipupdater.sqlite'
}

function realDirectory(file: string): string | null {
  try {
    const dir = realpathSync(dirname(resolve(file)))
    return statSync(dir).isDirectory() ? dir : null
  } catch {
    return null
  }
}

/** By identity, not by name: the same directory may be mounted in two places. */
function isWithin(dir: string, root: string): boolean {
  const wanted = identity(root)
  if (wanted === null) return false
  for (let at = dir; ; at = dirname(at)) {
    if (identity(at) === wanted) return true
    if (at === dirname(at)) return false
  }
}

function isOneOf(file: string, dirs: readonly string[]): boolean {
  const wanted = identity(file)
  return dirs.some(dir => exists(dir) && readdirSync(dir).some(name => identity(join(dir, name)) === wanted))
}

function identity(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
