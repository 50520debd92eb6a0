import { statSync } from 'node:fs'
import { isReadOnly, ownedBy } from '@ipupdater/runtime'
import { AdminError } from './admin-error.ts'

/** @throws AdminError `misused` if the directory of a setting does not exist */
export function assertDirectory(variable: 'DATA_DIR' | 'KEYS_DIR', dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return
  throw new AdminError(
    'misused',
    `${variable}=${dir} is not a directory.`,
    `set ${variable} to that of the receiver. On a new server, start the receiver once: it makes the directory.`,
  )
}

/**
 * The viewer's container has the same image and program, and a data directory that is read-only.
 * @throws AdminError `misused`
 */
export function assertReceiverContainer(dataDir: string, isContainer: boolean): void {
  if (!isContainer || !isReadOnly(dataDir)) return
  throw new AdminError(
    'misused',
    `DATA_DIR=${dataDir} is read-only in this container: it is not the receiver's.`,
    'run it there: docker compose exec receiver ipupdater-admin …',
  )
}

/** Root would leave files behind that the receiver, which is not root, can neither read nor write. @throws AdminError */
export function assertRightUser(dirs: readonly string[], isContainer: boolean): void {
  if (process.getuid?.() !== 0) return
  for (const dir of dirs) {
    const owner = statSync(dir, { throwIfNoEntry: false })?.uid ?? 0
    if (owner === 0) continue
    throw new AdminError(
      'misused',
      `You are root, but ${dir} ${ownedBy(dir)}. The receiver could not use files that root writes there.`,
      isContainer
        ? 'run it as that user: docker compose exec receiver ipupdater-admin … (without --user)'
        : `run it as that user: sudo -u '#${owner}' …`,
    )
  }
}
