import { statSync } from 'node:fs'
import { AdminError } from './admin-error.ts'

/** As root we would leave files behind that the receiver, which is not root, can neither read nor write. */
export function assertRightUser(dirs: readonly string[]): void {
  if (process.getuid?.() !== 0) return
  for (const dir of dirs) {
    const owner = statSync(dir, { throwIfNoEntry: false })?.uid ?? 0
    if (owner === 0) continue
    throw new AdminError(
      'misused',
      `you are root, and ${dir} belongs to uid ${owner}; what root writes there the receiver could not use.`,
      `run it as that user. In Docker: docker compose exec receiver ipupdater-admin … (without --user); else: sudo -u '#${owner}' …`,
    )
  }
}
