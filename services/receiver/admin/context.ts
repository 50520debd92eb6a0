import type { AdminError } from './admin-error.ts'
import type { AdminSettings } from './settings.ts'

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
