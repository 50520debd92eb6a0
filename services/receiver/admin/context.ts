import type { AdminSettings } from './settings.ts'

/** Everything a command needs from outside. */
export interface AdminContext {
  readonly settings: AdminSettings
  /** ms since the epoch */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  /** Writes a line to standard output. */
  readonly print: (line: string) => void
}
