import { randomBytes } from 'node:crypto'
import type { Environment } from '@ipupdater/runtime'
import { readSettings } from '@ipupdater/runtime'
import type { AdminError } from './admin-error.ts'
import { assertReceiverContainer, assertRightUser } from './directories.ts'
import type { Terminal } from './progress.ts'
import { showProgress } from './progress.ts'
import type { AdminSettings } from './settings.ts'
import { adminSettings } from './settings.ts'

/** The process, as far as it is needed here. Tests pass their own. */
export interface Outside {
  readonly env: Environment
  readonly stdout: Terminal
  readonly stderr: Terminal
}

/** Everything a command needs from outside. */
export interface AdminContext {
  readonly settings: AdminSettings
  /** Whether we run in a container of our image: advice then speaks of Docker, and otherwise never does. */
  readonly isContainer: boolean
  /** ms since the epoch */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  /** Shows on a terminal that `work` goes on, if it takes longer than a second. `text` may change meanwhile. */
  readonly progress: <Result>(text: string | (() => string), work: () => Promise<Result>) => Promise<Result>
}

/** The result of a command, for people and for programs. */
export interface Answer {
  readonly lines: readonly string[]
  /** For --json */
  readonly data: unknown
  /** The command has done its work and found faults. */
  readonly failure?: AdminError
}

/** Called by a command that runs: --help works whatever the settings are. @throws SettingsError, AdminError `misused` */
export function openContext({ env, stderr }: Outside): AdminContext {
  const settings = readSettings(env, adminSettings)
  // Set by our image, as by many others (systemd.io/CONTAINER_INTERFACE).
  const isContainer = Boolean(env.container)
  const usesDataDir = settings.databaseUrl === null
  if (usesDataDir) assertReceiverContainer(settings.dataDir, isContainer)
  assertRightUser([...(usesDataDir ? [settings.dataDir] : []), settings.keysDir], isContainer)
  return { settings, isContainer, now: Date.now, randomBytes, progress: showProgress(stderr) }
}
