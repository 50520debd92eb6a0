import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { durationText } from '@ipupdater/runtime'
import type { ClientSettings } from '../settings/client-settings.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { isAlive } from './process-identity.ts'

/** What `run` leaves for `health`, another process. Times are milliseconds since the epoch. */
export interface Status {
  process: ProcessIdentity
  servers: readonly string[]
  startedAt: number
  /** The last report that has ended; null before the first one. */
  last: { at: number; ok: boolean; failure: string | null } | null
  /** The report in progress has failed so far. */
  trying: { since: number; failure: string } | null
  /** The next report must have ended by then. */
  overdueAt: number
}

/** TMPDIR is writable even on a read-only root file system. Each device has its own file. */
export function statusPathOf({ statusFile, device }: Pick<ClientSettings, 'statusFile' | 'device'>): string {
  return statusFile ?? join(tmpdir(), `ipupdater-${device}.json`)
}

/** Replaces the file at once: a reader finds the old status or the new one. */
export function writeStatus(path: string, status: Status): void {
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  // "wx" follows no link that somebody else has put into a directory that everybody can write to.
  writeFileSync(draft, JSON.stringify(status), { flag: 'wx', mode: 0o600 })
  renameSync(draft, path)
}

/** The status, or why there is none. */
export function readStatus(path: string): Status | string {
  let text: string
  try {
    const { uid, mode } = lstatSync(path)
    // Everybody can put a file into /tmp.
    if (uid !== process.geteuid?.()) return `${path} belongs to another user.`
    if ((mode & 0o170000) !== 0o100000) return `${path} is not a file.`
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return `No \`ipupdater run\` is running for this device: ${path} does not exist. Start one: ipupdater run`
    }
    return `${path} cannot be read: ${(error as Error).message}`
  }
  return parseStatus(text) ?? `${path} is not a status file of this version.`
}

function parseStatus(text: string): Status | null {
  try {
    const status: Status = JSON.parse(text)
    const { last, trying } = status
    const isStatus =
      Number.isInteger(status.process.pid) &&
      Array.isArray(status.servers) &&
      [status.startedAt, status.overdueAt].every(Number.isFinite) &&
      (last === null || (Number.isFinite(last.at) && typeof last.ok === 'boolean')) &&
      (trying === null || (Number.isFinite(trying.since) && typeof trying.failure === 'string'))
    return isStatus ? status : null
  } catch {
    return null
  }
}

export interface Health {
  isHealthy: boolean
  message: string
}

/** Healthy: the process runs, and its last due report succeeded. */
export function healthOf(
  { process, servers, startedAt, last, trying, overdueAt }: Status,
  now: number,
  isRunning: (process: ProcessIdentity) => boolean = isAlive,
): Health {
  const unhealthy = (message: string): Health => ({ isHealthy: false, message })
  const at = last?.at ?? startedAt
  const ago = durationText(Math.max(0, now - at))
  const ended = last === null ? `It started ${ago} ago` : `Its last report ended ${ago} ago`
  if (!isRunning(process)) return unhealthy(`Process ${process.pid} of \`ipupdater run\` is gone. ${ended}.`)
  if (Math.max(at, trying?.since ?? 0) > now + CLOCK_STEP_MS) {
    return unhealthy('The last report is from the future: the clock was set back since.')
  }
  if (now > overdueAt) return unhealthy(`The report that was due has not ended. ${ended}.`)
  const attempt =
    trying === null ? null : `Trying since ${new Date(trying.since).toISOString()}: ${trying.failure}`
  if (last === null) return unhealthy(attempt ?? `The first report is in progress. ${ended}.`)
  if (!last.ok) return unhealthy(attempt ?? last.failure ?? 'The last report failed.')
  const success = `The last report to ${servers.join(' and ')} succeeded ${ago} ago.`
  return { isHealthy: true, message: attempt === null ? success : `${success} ${attempt}` }
}

// More than NTP corrects at once in normal operation.
const CLOCK_STEP_MS = 60_000
