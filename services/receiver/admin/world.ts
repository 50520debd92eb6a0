import type { AdminSettings } from './settings.ts'

/** What a command has at hand. */
export interface World {
  readonly settings: AdminSettings
  /** ms since the epoch */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  /** To standard output, with a line end. */
  readonly print: (line: string) => void
}
