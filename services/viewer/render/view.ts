import type { Representation } from './representation.ts'
import type { ZonedTime } from './zoned-time.ts'

/** What a renderer knows beside the data. */
export interface View {
  readonly now: number
  readonly time: ZonedTime
  /** From this page to the root, relative: "./" or "../". The viewer does not know under which path a proxy shows it. */
  readonly root: string
  /** The query of this page in another representation, for links: `?family=4&format=json`. */
  formatLink(representation: Representation): string
  /** The next page, as a relative reference; null on the last one. */
  readonly next: string | null
}
