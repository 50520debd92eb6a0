import { statSync } from 'node:fs'
import { ownedBy } from '@ipupdater/runtime'
import { AdminError } from './admin-error.ts'

/** Root would leave files behind that the receiver, which is not root, cannot use. @throws AdminError `misused` */
export function assertRightUser(dirs: readonly string[]): void {
  if (process.getuid?.() !== 0) return
  for (const dir of dirs) {
    const owner = statSync(dir, { throwIfNoEntry: false })?.uid ?? 0
    if (owner === 0) continue
    throw new AdminError(
      'misused',
      `you are root, but ${dir} ${ownedBy(dir)}. The receiver could not use what root writes there.`,
      `run it as that user: sudo -u '#${owner}' …, or with Docker Compose: docker compose exec receiver ipupdater-admin … (without --user).`,
    )
  }
}
