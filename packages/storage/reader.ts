import type { DeviceName, Family } from '@ipupdater/protocol'
import type { Cursor } from './cursor.ts'
import type { CurrentAddress, DeviceSummary, HistoryEntry } from './views.ts'

export interface ReaderOptions {
  readonly dir: string
  readonly now?: () => number
}

export interface HistoryQuery {
  readonly device?: DeviceName
  /** Entries that began at this time or later; for one device also the tenure in effect then. */
  readonly from?: number
  /** Entries that began before this time. */
  readonly to?: number
  readonly before?: Cursor
  readonly limit: number
}

/** Every call may throw StorageError `missing`, `not-ready`, `newer-schema`, `busy`, `corrupt`, `io`; a later one works again by itself. */
export interface Reader extends AsyncDisposable {
  /** Changes if the data may have changed. Concurrent callers share one look. */
  version(): Promise<string>
  /** By family, 4 first; null: no such device. An empty list: known, but nothing in that family. */
  currentOf(device: DeviceName, family?: Family): Promise<CurrentAddress[] | null>
  /** By device name, then family. `limit` counts devices; `next` is the `after` of the next page. */
  current(page: {
    readonly after?: DeviceName
    readonly limit: number
    readonly family?: Family
  }): Promise<{ addresses: CurrentAddress[]; next: DeviceName | null }>
  /** Newest beginning first. An outage under way is listed for one device (`device` given) only. `null`: no such device. */
  history(query: HistoryQuery): Promise<{ entries: HistoryEntry[]; next: Cursor | null } | null>
  /** By device name. */
  devices(page: {
    readonly after?: DeviceName
    readonly limit: number
  }): Promise<{ devices: DeviceSummary[]; next: DeviceName | null }>
  /** Can the data be read now? */
  check(): Promise<void>
}

/** Touches nothing yet: the database may come, go and come back while the reader lives. */
export function openReader(_options: ReaderOptions): Reader {
  throw new Error('being written')
}
