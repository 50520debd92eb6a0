import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * A database, and the two files that SQLite keeps next to it while it is in WAL mode.
 *
 * While the database is open, nothing in this package opens these files except through SQLite: POSIX drops all of a
 * process's locks on a file as soon as any descriptor of it is closed. `stat` is harmless.
 */
export interface DatabaseFiles {
  readonly dir: string
  readonly main: string
  readonly wal: string
  readonly shm: string
}

/** The file of a data directory. */
export function sqliteFile(dataDir: string): string {
  return join(dataDir, 'ipupdater.sqlite')
}

export function databaseFiles(dataDir: string): DatabaseFiles {
  return filesOf(sqliteFile(dataDir))
}

export function filesOf(main: string): DatabaseFiles {
  return { dir: dirname(main), main, wal: `${main}-wal`, shm: `${main}-shm` }
}

/** Identifies the file at a path: the same text as long as it is the same file. Null: there is none. */
export function identityOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}

/** Like identityOf, and another text once the file was written: for a file that nobody has open. */
export function contentMark(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`
}

/**
 * Makes the directory if there is none, and finds out at the start, not at the first report, whether it is writable.
 * @throws the error of the file system
 */
export function prepareDataDirectory({ dir, main, wal, shm }: DatabaseFiles): void {
  mkdirSync(dir, { recursive: true })
  accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  for (const path of [main, wal, shm]) {
    const exists = statSync(path, { throwIfNoEntry: false }) !== undefined
    if (exists) accessSync(path, constants.R_OK | constants.W_OK)
  }
}
