import type { Address, DeviceName, Family, Proof, Receipt } from '@ipupdater/protocol'
import type { Cursor } from './cursor.ts'
import type { CurrentAddress, DeviceSummary, HistoryEntry, OutageEntry, StateAt } from './views.ts'

/*
 * What every backend offers. `contract.suite.ts` is the same contract as tests; a backend is complete when it passes.
 * Times are milliseconds since the epoch, UTC.
 */

/** Which database: one file, or one server. */
export type Location =
  /** Path of the file, see `sqliteFile`. */
  | { readonly sqlite: string }
  /** A connection URL, `postgres://user:password@host/database`. */
  | { readonly postgres: string }

/** A report that passed every check except the last one, which `commit` makes: is it newer than the last accepted report? */
export interface Report {
  readonly device: DeviceName
  readonly address: Address
  /** The server's clock when the device asked for its address. */
  readonly at: number
  /** Seconds until the next report is due; null: the device promises none. */
  readonly interval: number | null
  readonly evidence: Evidence
}

/** Why the server believes a report. */
export type Evidence = SignedEvidence | PasswordEvidence

export interface SignedEvidence {
  readonly kind: 'signed'
  readonly proof: Proof
  /** Registry id of the secret that signed: the time of adding it. */
  readonly secretAdded: number
  /** The device's clock minus the server's, ms. */
  readonly skewMs: number
}

/** The device sent its password, as dyndns2 does. Nothing proves later what it reported. */
export interface PasswordEvidence {
  readonly kind: 'password'
  /** Registry id of the password that was used. */
  readonly secretAdded: number
  /** The device named the address: it is not the one that the connection came from. */
  readonly given: boolean
}

/**
 * `last`: the newest accepted time of the device's family; the report is not newer.
 * `wrong-kind`: the device reported with another kind of evidence before. A device never changes its kind.
 */
export type CommitOutcome =
  | Committed
  | { readonly refused: 'not-newer'; readonly last: number }
  | { readonly refused: 'wrong-kind' }

export interface Committed extends Receipt {
  /** The identical message was committed before: this one changed nothing. */
  readonly repeated?: true
}

/** The only writer of addresses. Every method rejects with a StorageError if the database cannot be used. */
export interface Store extends AsyncDisposable {
  /** Resolves once the report is on disk. Calls made while another commit is in progress share the next one. */
  commit(report: Report): Promise<CommitOutcome>
  /** Could a report be committed now? Writes something small to find out, unless a commit succeeded within 30 s. */
  checkWritable(): Promise<void>
  /**
   * Deletes at most `limit` tenures and outages that ended before `beforeMs`, never a current address.
   * @returns how many; if fewer than `limit`, there are no more
   */
  prune(beforeMs: number, limit: number): Promise<number>
  /**
   * After a clock that was ahead: moves every recorded time of the device that lies after `now` to `now`, and takes out
   * what began after it, so that the device can report again. The replay floor is lowered to `now`, too.
   * @returns what was changed; null: no such device
   */
  resetTimes(device: DeviceName, now: number): Promise<TimeReset | null>
  /** Deletes everything that is recorded about a device. @returns false: no such device */
  forget(device: DeviceName): Promise<boolean>
  /** Reports up to `floor` are refused from now on. A higher floor stays. */
  raiseFloor(floor: number): Promise<void>
  /** Records for `Reader.lastSignOfLife` that reports could be committed at `at`. `receiver`: a name of its own. */
  signOfLife(receiver: string, at: number): Promise<void>
}

export interface TimeReset {
  /** Current addresses that were last seen after `now`, with the times that were recorded. */
  readonly addresses: readonly {
    readonly address: Address
    readonly firstSeen: number
    readonly lastSeen: number
  }[]
  /** Entries of the history that began after `now`, and are gone. */
  readonly removed: number
}

export interface StoreOptions {
  /** A database that does not exist yet refuses reports up to this time, as a restored one does. Default: none. */
  readonly newDatabaseFloor?: number
  /**
   * SQLite: only one such store has the database at a time; others get `in-use`. After a fault the reservation ends with
   * the connection, so that a broken disk can be unmounted. Default: false.
   */
  readonly reserve?: boolean
  /** Called after each durable transaction that changed something, for metrics. */
  readonly onCommit?: (batch: CommittedBatch) => void
  readonly log?: StoreLog
  /** A monotonic clock in milliseconds, for durations. */
  readonly uptimeMs?: () => number
}

export interface CommittedBatch {
  readonly updates: number
  readonly seconds: number
}

export interface StoreLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/**
 * Reads while a store writes, in the same process or another. Every method rejects with a StorageError if the database
 * cannot be read; the next call works again by itself once the cause is gone. One call is one snapshot.
 * Disposing closes its connections; every call then rejects with the code `closed`.
 */
export interface Reader extends AsyncDisposable {
  /** URL-safe text that differs if the data may differ. */
  version(): Promise<string>
  /** By family, 4 first. Null: no such device. An empty list: the device has no address in that family. */
  currentOf(device: DeviceName, family?: Family): Promise<CurrentAddress[] | null>
  /** By device name, then family. `limit` counts devices; `next` is the `after` of the next page. */
  current(page: DevicePage & { readonly family?: Family }): Promise<{
    readonly addresses: CurrentAddress[]
    readonly next: DeviceName | null
  }>
  /**
   * Newest beginning first. With a device: every entry that overlaps `from`–`to`, an outage in progress included;
   * null if there is no such device. Without: every entry that began at `from` or later and before `to`.
   */
  history(query: HistoryQuery): Promise<HistoryPage | null>
  /** Oldest beginning first, all devices: every entry that began at `from` or later. For programs that follow changes. */
  changes(query: ChangesQuery): Promise<ChangesPage>
  /** What a device's addresses and its state were at a moment. Null: no such device. */
  stateAt(device: DeviceName, at: number): Promise<StateAt | null>
  /** Newest first. Null: there are more than `MAX_OUTAGES_IN_PROGRESS` devices, too many to look at each. */
  outagesInProgress(): Promise<OutageEntry[] | null>
  /** By name, with their deadlines. */
  devices(page: DevicePage): Promise<{
    readonly devices: DeviceSummary[]
    readonly next: DeviceName | null
  }>
  /** Those of `names` that exist, by name. */
  devicesNamed(names: readonly DeviceName[]): Promise<DeviceSummary[]>
  /** When a receiver last gave a sign of life; null: never, as far as is known. */
  lastSignOfLife(): Promise<number | null>
  /** What the clock of the database server says now; null: the database has none of its own. */
  clock(): Promise<number | null>
  /** Can the data be read now? */
  check(): Promise<void>
}

/** `outagesInProgress` looks at each device, up to this many. */
export const MAX_OUTAGES_IN_PROGRESS = 1000

export interface DevicePage {
  readonly after?: DeviceName
  readonly limit: number
}

export interface HistoryQuery {
  readonly device?: DeviceName
  readonly from?: number
  /** Not included. */
  readonly to?: number
  /** Tenures of this family only, next to outages. Needs a device. */
  readonly family?: Family
  readonly kind?: HistoryEntry['kind']
  /** The `next` of another page: entries older than those. */
  readonly before?: Cursor
  /** The `previous` of another page: the entries next to it that are newer. Not together with `before`. */
  readonly after?: Cursor
  readonly limit: number
}

export interface ChangesQuery {
  readonly from: number
  /** The `next` of the page before. */
  readonly after?: Cursor
  readonly limit: number
}

export interface ChangesPage {
  readonly entries: HistoryEntry[]
  /** Null: this is the last page. */
  readonly next: Cursor | null
}

export interface HistoryPage extends ChangesPage {
  /** Null: this is the first page. */
  readonly previous: Cursor | null
}

export interface ReaderOptions {
  /** The clock that decides whether an outage is in progress. */
  readonly now?: () => number
  /** SQLite: makes the versions of two readers, and of two processes, differ. Their counts begin alike. */
  readonly randomBytes?: (size: number) => Buffer
}
