import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { durationText } from '@ipupdater/runtime'
import type { ClientSettings } from '../settings/client-settings.ts'

/** What `run` leaves for `health`, a process of its own, to find. */
export interface Status {
  /** When the last report ended, or when the program started; milliseconds since the epoch. */
  at: number
  ok: boolean
  /** Why it is not. */
  trouble: string | null
  /** The next report must have ended by then. */
  overdueAt: number
}

/** On a read-only root file system, TMPDIR is what can be written. Two devices on one machine do not share it. */
export function statusPathOf({ statusFile, device }: Pick<ClientSettings, 'statusFile' | 'device'>): string {
  return statusFile ?? join(tmpdir(), `ipupdater-${device}.json`)
}

/** A reader finds the old status or the new one, never a half. */
export function writeStatus(path: string, status: Status): void {
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  // "wx" follows no link that somebody else has laid out in a directory that all can write to.
  writeFileSync(draft, JSON.stringify(status), { flag: 'wx', mode: 0o600 })
  renameSync(draft, path)
}

/** The status, or null where there is none of ours. */
export function readStatus(path: string): Status | null {
  try {
    // Anyone may put a file into /tmp.
    if (statSync(path).uid !== userInfo().uid) return null
    return JSON.parse(readFileSync(path, 'utf8')) as Status
  } catch {
    return null
  }
}

/** Healthy is who has made the last report that was due. */
export function healthOf(status: Status | null, now: number): { isHealthy: boolean; message: string } {
  if (status === null) return { isHealthy: false, message: 'No `ipupdater run` has left its status here.' }
  const { at, ok, trouble, overdueAt } = status
  const age = durationText(Math.max(0, now - at))
  if (now > overdueAt) {
    return {
      isHealthy: false,
      message: `The report that was due has not come; the last one ended ${age} ago.`,
    }
  }
  if (!ok) return { isHealthy: false, message: trouble ?? 'The last report has failed.' }
  return { isHealthy: true, message: `The last report went through ${age} ago.` }
}
