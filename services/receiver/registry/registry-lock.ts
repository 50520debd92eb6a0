import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RegistryError } from './registry-error.ts'

/**
 * Only one process at a time changes the registry. The lock is SQLite's, on a file that is not used otherwise. The
 * kernel releases it with the process that has it, in any container, so it is never left behind.
 *
 * @throws RegistryError `locked` if another process keeps it for longer than `waitMs`
 */
export function lockRegistry(dir: string, waitMs: number): Disposable {
  const path = join(dir, 'devices.lock')
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(path, { timeout: waitMs })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock?.close()
    if (isBusy(cause)) {
      throw new RegistryError('locked', 'another command is changing the devices; try again', { cause })
    }
    throw new RegistryError('unwritable', `${path}: ${String(cause)}`, { cause })
  }
  const held = lock
  return { [Symbol.dispose]: () => held.close() }
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}
