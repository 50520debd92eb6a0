import type { Format } from './format.ts'
import type { ZonedTime } from './zoned-time.ts'

/** What a renderer knows in addition to the data. */
export interface View {
  readonly now: number
  readonly time: ZonedTime
  /** From this page to the root: "./" or "../". The viewer does not know under which path a proxy shows it. */
  readonly root: string
  /** From the root to this page, with its query: `getip/home?days=30`. */
  readonly page: string
  /** A link to this page in another format, such as `?family=4&format=json`. */
  formatLink(format: Format): string
  /** A link to this page with other parameters; null removes one. */
  link(changed: Readonly<Record<string, string | null>>): string
  /** The next page, as a relative reference; null on the last one. */
  readonly next: string | null
}
