import { closeSync, futimesSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseFiles } from './files.ts'

/* The sign is the time of a file next to the database. */

/** A lost volume shows at the next commit, with a reason. Here it only makes the receiver look absent. */
export function touchSignOfLife({ dir }: DatabaseFiles, at: number): void {
  try {
    const descriptor = openSync(fileIn(dir), 'a', 0o644)
    futimesSync(descriptor, at / 1000, at / 1000)
    closeSync(descriptor)
  } catch {
    // See above.
  }
}

export function readSignOfLife({ dir }: DatabaseFiles): number | null {
  const found = statSync(fileIn(dir), { throwIfNoEntry: false })
  // The receiver writes whole milliseconds, but touch(1) does not.
  return found === undefined ? null : Math.floor(found.mtimeMs)
}

function fileIn(dir: string): string {
  return join(dir, 'receiver.alive')
}
