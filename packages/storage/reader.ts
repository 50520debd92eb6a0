import { randomBytes } from 'node:crypto'
import type { DeviceName, Family } from '@ipupdater/protocol'
import type { CurrentRow } from './current-rows.ts'
import { currentAddresses } from './current-rows.ts'
import { databaseFiles } from './database-files.ts'
import type { Bindings } from './held-connection.ts'
import type { DeviceRow, HistoryPage, HistoryQuery } from './history-rows.ts'
import { historyBindings, historyPage, ongoingOutage } from './history-rows.ts'
import { ReadAccess } from './read-access.ts'
import type { Question } from './reader-sql.ts'
import type { CurrentAddress, DeviceSummary } from './views.ts'

/**
 * Every call may throw StorageError: `missing` (no database yet), `not-ready`, `newer-schema`, `busy`, `corrupt`,
 * `wrong-owner` or `io`. The next one works again by itself once the cause is gone.
 */
export interface Reader extends AsyncDisposable {
  /** URL-safe text that differs if the data may differ.  */
  version(): Promise<string>
  /** By family, 4 first; null: no such device. An empty list: known, but nothing in that family. */
  currentOf(device: DeviceName, family?: Family): Promise<CurrentAddress[] | null>
  /** By device name, then family. `limit` counts devices, `next` is the `after` of the next page. */
  current(page: DevicePage & { readonly family?: Family }): Promise<{
    readonly addresses: CurrentAddress[]
    readonly next: DeviceName | null
  }>
  /** Newest beginning first; null: no such device. The outage under way is told only of one device. */
  history(query: HistoryQuery): Promise<HistoryPage | null>
  /** By name. */
  devices(page: DevicePage): Promise<{
    readonly devices: DeviceSummary[]
    readonly next: DeviceName | null
  }>
  /** Can the data be read now? */
  check(): Promise<void>
}

export interface DevicePage {
  readonly after?: DeviceName
  readonly limit: number
}

export interface ReaderOptions {
  readonly dir: string
  /** ms since the epoch: is an outage under way? */
  readonly now?: () => number
  /** Makes versions of two connections, and of two processes, differ. */
  readonly randomBytes?: (size: number) => Buffer
}

/** Touches nothing yet: the database may come, go and come back while the reader lives. */
export function openReader({
  dir,
  now = Date.now,
  randomBytes: random = randomBytes,
}: ReaderOptions): Reader {
  const access = new ReadAccess(databaseFiles(dir), () => random(9).toString('base64url'))
  const ask = <Row>(question: Question, bindings: Bindings) =>
    access.read(source => source.ask<Row>(question, bindings))
  const version = () => access.read(source => source.version())

  return {
    version,
    async currentOf(device, family) {
      const [row] = await ask<CurrentRow>('currentOf', { device })
      return row === undefined ? null : currentAddresses(row, family)
    },
    async current({ after = '', limit, family }) {
      const found = await ask<CurrentRow>('current', { after, limit: limit + 1 })
      const addresses = found.slice(0, limit).flatMap(row => currentAddresses(row, family))
      return {
        addresses,
        next: nextAfter(
          found.map(({ name }) => name),
          limit,
        ),
      }
    },
    async history(query) {
      const { device, limit } = query
      const bindings = historyBindings(query)
      if (device === undefined) {
        const [row] = await ask<{ entries: string }>('history', bindings)
        return historyPage(row?.entries ?? '[]', limit)
      }
      const [row] = await ask<DeviceRow & { entries: string }>('historyOf', { ...bindings, device })
      return row === undefined ? null : historyPage(row.entries, limit, ongoingOutage(row, query, now()))
    },
    async devices({ after = '', limit }) {
      const devices = await ask<DeviceSummary>('devices', { after, limit: limit + 1 })
      return {
        devices: devices.slice(0, limit),
        next: nextAfter(
          devices.map(({ device }) => device),
          limit,
        ),
      }
    },
    async check() {
      await version()
    },
    [Symbol.asyncDispose]: () => access.close(),
  }
}

/** The last name of a page that has a next one. One row more than the page was asked for. */
function nextAfter(names: readonly DeviceName[], limit: number): DeviceName | null {
  return names.length > limit ? (names[limit - 1] ?? null) : null
}
