import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { ChangesQuery, HistoryPage, HistoryQuery } from '../contract.ts'
import type { Cursor, Position } from '../cursor.ts'
import { encodeCursor, positionOf } from '../cursor.ts'
import { parseEvidence } from '../evidence.ts'
import { dueAt, isLate } from '../lateness.ts'
import type { HistoryEntry, OutageEntry } from '../views.ts'

/** The parameters of the `history` statements in READER_SQL: exactly those that the statement for the query has. */
export function historyBindings(query: HistoryQuery) {
  const { from = 0, limit, device, family, kind, after } = query
  const tenures = kind !== 'outage'
  const kinds = { outages: kind !== 'tenure', limit: limit + 1 }
  if (device === undefined) {
    return {
      ...kinds,
      tenures,
      ...(after === undefined ? { from, ...olderBindings(query) } : newerBindings(query)),
    }
  }
  const families = { ipv4: tenures && family !== 6, ipv6: tenures && family !== 4 }
  // What is in effect at `from` began before: from there on, the cursor alone decides.
  const place = after === undefined ? olderBindings(query) : newerBindings({ ...query, from: 0 })
  return { ...kinds, ...families, from, ...place }
}

/** The parameters of `historyNewer` for `changes`. */
export function changesBindings(query: ChangesQuery) {
  return { tenures: true, outages: true, ...newerBindings(query), limit: query.limit + 1 }
}

/** The page ends at `to` or at the cursor: one position, so that one index range serves both. */
function olderBindings(query: HistoryQuery) {
  const cursor = query.before === undefined ? null : positionOf(query.before)
  const end = endOf(query)
  return { began: end, ...cursorBindings(cursor?.began === end ? cursor : null) }
}

/** The page begins at `from` or at the cursor. */
function newerBindings({ from = 0, to = Number.MAX_SAFE_INTEGER, after }: Partial<HistoryQuery>) {
  const cursor = after === undefined ? null : positionOf(after)
  const began = Math.max(from, cursor?.began ?? 0)
  return { began, ...cursorBindings(cursor?.began === began ? cursor : null), to }
}

/** Entries that began at this time or later are not on the page (at this very time: see the cursor). */
function endOf({ to = Number.MAX_SAFE_INTEGER, before }: HistoryQuery): number {
  const cursor = before === undefined ? to : positionOf(before).began
  return Math.min(to, cursor)
}

function cursorBindings(cursor: Position | null) {
  return { cursorDevice: cursor?.device ?? null, cursorFamily: cursor?.family ?? null }
}

/**
 * The page in the order of the statement: away from the cursor. `entries` are one more than the page if there are more.
 *
 * @param first goes before them, or after them if the page ends there
 */
export function readPage(entries: string, limit: number, first: readonly HistoryEntry[], isNewer: boolean) {
  const rows = (JSON.parse(entries) as EntryRow[]).map(entryOf)
  const all = isNewer ? [...rows, ...first] : [...first, ...rows]
  return { entries: all.slice(0, limit), hasMore: all.length > limit }
}

/** Newest first, with the cursors of the pages next to this one. */
export function historyPage(
  entries: string,
  { limit, before, after }: HistoryQuery,
  first: readonly HistoryEntry[] = [],
): HistoryPage {
  const isNewer = after !== undefined
  const page = readPage(entries, limit, first, isNewer)
  const newestFirst = isNewer ? page.entries.toReversed() : page.entries
  // The cursor itself is on the other side.
  const [hasNewer, hasOlder] = isNewer ? [page.hasMore, true] : [before !== undefined, page.hasMore]
  return {
    entries: newestFirst,
    next: cursorOf(newestFirst.at(-1), hasOlder),
    previous: cursorOf(newestFirst[0], hasNewer),
  }
}

/** The outage in progress. No row has it, because no report has ended it. It is newer than every entry of its device. */
export function outageInProgress(
  device: DeviceName,
  lastSeen: number,
  interval: number | null,
  now: number,
): OutageEntry | null {
  const due = dueAt(lastSeen, interval)
  if (due === null || !isLate(lastSeen, interval, now)) return null
  return { kind: 'outage', device, from: due, to: null }
}

/** What `historyOf` returns of the device next to its entries. */
export interface DeviceRow {
  readonly interval: number | null
  readonly reportedAt: number
}

/** The outage in progress, if it belongs on this page. */
export function outagesOnPage(row: DeviceRow, query: HistoryQuery, now: number): OutageEntry[] {
  const outage = outageInProgress(query.device as DeviceName, row.reportedAt, row.interval, now)
  if (outage === null || query.kind === 'tenure') return []
  if (query.after === undefined) return outage.from < endOf(query) ? [outage] : []
  const { began, family } = positionOf(query.after)
  const isTheCursor = began === outage.from && family === 0
  return outage.from >= began && !isTheCursor && outage.from < (query.to ?? Number.MAX_SAFE_INTEGER)
    ? [outage]
    : []
}

export function cursorOf(entry: HistoryEntry | undefined, isThere: boolean): Cursor | null {
  if (entry === undefined || !isThere) return null
  const { device } = entry
  return entry.kind === 'outage'
    ? encodeCursor({ began: entry.from, family: 0, device })
    : encodeCursor({ began: entry.firstSeen, family: entry.family, device })
}

type EntryRow = readonly [slot: number, began: number, ...(TenureColumns | OutageColumns), device: DeviceName]
type TenureColumns = [ended: number, address: Address, confirmations: number, open: 0 | 1, proof: string]
type OutageColumns = [ended: number, address: null, confirmations: null, open: 0, proof: null]

function entryOf([, began, ended, address, confirmations, open, proof, device]: EntryRow): HistoryEntry {
  if (address === null) return { kind: 'outage', device, from: began, to: ended }
  return {
    kind: 'tenure',
    device,
    family: familyOf(address),
    address,
    firstSeen: began,
    lastSeen: ended,
    confirmations,
    open: open === 1,
    ...parseEvidence(proof),
  }
}
