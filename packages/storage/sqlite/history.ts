import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { ChangesQuery, HistoryPage, HistoryQuery } from '../contract.ts'
import type { Cursor, Position } from '../cursor.ts'
import { encodeCursor, positionOf } from '../cursor.ts'
import { parseEvidence } from '../evidence.ts'
import { dueAt, isLate } from '../lateness.ts'
import type { HistoryEntry, OutageEntry } from '../views.ts'

/** The parameters of the `history` statements in READER_SQL. */
export function historyBindings(query: HistoryQuery) {
  const { from = 0, limit } = query
  const cursor = query.before === undefined ? null : positionOf(query.before)
  const end = endOf(query)
  // The page ends at `to` or at the cursor: one position, so that one index range serves both.
  return { from, began: end, ...cursorBindings(cursor?.began === end ? cursor : null), limit: limit + 1 }
}

/** The parameters of the `changes` statement. */
export function changesBindings({ from, after, limit }: ChangesQuery) {
  const cursor = after === undefined ? null : positionOf(after)
  const began = Math.max(from, cursor?.began ?? 0)
  return { began, ...cursorBindings(cursor?.began === began ? cursor : null), limit: limit + 1 }
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
 * `entries` as the statements return it, one more than the page if there is a next one.
 *
 * @param first goes before them
 */
export function historyPage(
  entries: string,
  limit: number,
  first: readonly HistoryEntry[] = [],
): HistoryPage {
  const rows: EntryRow[] = JSON.parse(entries)
  const all = [...first, ...rows.map(entryOf)]
  const last = all.length > limit ? all[limit - 1] : undefined
  return { entries: all.slice(0, limit), next: last === undefined ? null : cursorOf(last) }
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
  return outage !== null && outage.from < endOf(query) ? [outage] : []
}

function cursorOf(entry: HistoryEntry): Cursor {
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
