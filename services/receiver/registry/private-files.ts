import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@ipupdater/runtime'
import { StartError } from '@ipupdater/runtime'

/**
 * Closes KEYS_DIR and the files with secrets in it to everyone else. No other user may replace the registry or read it.
 * The mode of a file that a link in KEYS_DIR leads to is not changed: if the registry is one and open, it is refused.
 *
 * @throws StartError if others still can, because the file system or another owner does not let us change the mode
 */
export function closeToOthers(dir: string, log: Pick<Log, 'warn'>): void {
  // Others may list the directory, but not write to it.
  close({ path: dir, what: `KEYS_DIR=${dir} can be changed`, closed: 0o700, open: 0o022 }, log)
  for (const name of readdirSync(dir)) {
    if (!name.startsWith('devices.jsonl')) continue
    const path = join(dir, name)
    const closing = { path, what: `${path} contains secrets and can be read`, closed: 0o600, open: 0o077 }
    if (!lstatSync(path).isSymbolicLink()) close(closing, log)
    else if (name === 'devices.jsonl') assertClosed(closing)
  }
}

interface Closing {
  readonly path: string
  readonly what: string
  readonly closed: number
  /** The permission bits that must not be set. */
  readonly open: number
}

function close(closing: Closing, log: Pick<Log, 'warn'>): void {
  const { path, closed, open } = closing
  const before = modeOf(path)
  if ((before & open) === 0) return
  try {
    chmodSync(path, closed)
  } catch {
    // Not ours: what counts is the mode that it has now.
  }
  assertClosed(closing)
  const after = text(modeOf(path))
  log.warn('permissions were too wide; closed to others', { path, before: text(before), now: after })
}

/** @throws StartError */
function assertClosed({ path, what, closed, open }: Closing): void {
  const mode = modeOf(path)
  // An orchestrator may give a volume to a group of ours, and keep its owner.
  if ((mode & open & 0o007) !== 0) {
    throw new StartError(
      'volume-open',
      `${what} by every user of this machine (mode ${text(mode)}).`,
      `run as its owner or as root: chmod ${closed.toString(8)} ${path}. If the file system has no modes, use another one.`,
    )
  }
}

function modeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o7777
}

function text(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
