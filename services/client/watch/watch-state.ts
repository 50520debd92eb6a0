import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Address, DeviceName, Family } from '@ipupdater/protocol'

/** What `watch` knows of one family of its device. */
export interface Watched {
  /** The address that the command has handled; null: none yet. */
  readonly handled: Address | null
  /** The time of the newest report that was verified, in milliseconds since the epoch. */
  readonly newest: number
}

export type WatchState = Readonly<Partial<Record<Family, Watched>>>

/** The state of the device, or an empty one if the file does not exist or is of another device. Throws if it is broken. */
export function readWatchState(path: string, device: DeviceName): WatchState {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  const document = JSON.parse(text)
  const isOurs = typeof document?.device === 'string' && typeof document.families === 'object'
  if (!isOurs) throw new SyntaxError('not a state file of `ipupdater watch`')
  return document.device === device ? document.families : {}
}

/** Replaces the file at once, so that a crash leaves the old state or the new one. */
export function writeWatchState(path: string, device: DeviceName, families: WatchState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, JSON.stringify({ device, families }), { flag: 'wx', mode: 0o600, flush: true })
  renameSync(draft, path)
}
