import { statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The database of a data directory, and the two files SQLite keeps beside it while it is in WAL mode.
 *
 * Nothing in this room opens them by other means than SQLite while it is open: POSIX drops all of a process's
 * locks on a file as soon as any descriptor of it is closed. Looking (`stat`) is harmless.
 */
export interface DatabaseFiles {
  readonly dir: string
  readonly main: string
  readonly wal: string
  readonly shm: string
}

export function databaseFiles(dir: string): DatabaseFiles {
  return filesOf(join(dir, 'ipupdater.sqlite'))
}

export function filesOf(main: string): DatabaseFiles {
  return { dir: join(main, '..'), main, wal: `${main}-wal`, shm: `${main}-shm` }
}

/** Which file stands at this path: the same text as long as it is the same file. Null: none. */
export function identityOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}

/** Like identityOf, and another text once the file was written to: for a file that nobody has open. */
export function contentMark(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`
}
