import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import type { DatabaseFiles } from './database-files.ts'
import { storageFault } from './sqlite-fault.ts'

/** Makes the directory if need be, and finds out now, not at the first update, whether we may write there. */
export function prepareDataDirectory(files: DatabaseFiles): void {
  try {
    mkdirSync(files.dir, { recursive: true })
    accessSync(files.dir, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const path of [files.main, files.wal, files.shm]) {
      const exists = statSync(path, { throwIfNoEntry: false }) !== undefined
      if (exists) accessSync(path, constants.R_OK | constants.W_OK)
    }
  } catch (error) {
    throw storageFault(error, files)
  }
}
