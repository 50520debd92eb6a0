import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf, parseProof } from '@ipupdater/protocol'
import type { Cursor, Position } from './cursor.ts'
import { encodeCursor, positionOf } from './cursor.ts'
import { dueAt, isLate } from './lateness.ts'
import { slotOf } from './slot.ts'
import type { HistoryEntry } from './views.ts'

export interface HistoryQuery {
  readonly device?: DeviceName
  /** Entries that began at this time or later; for one device also the tenure in effect then. */
  readonly from?: number
  /** Entries that began before this time. */
  readonly to?: number
  readonly before?: Cursor
  readonly limit: number
}

export interface HistoryPage {
  readonly entries: HistoryEntry[]
  /** The `before` of the next page; null: this is the last one. */
  readonly next: Cursor | null
}

/** What stands in the places of the `history` statements of READER_SQL. One more than the page: is there a next one? */
export function historyBindings(query: HistoryQuery) {
  const { from = 0, limit } = query
  return { from, ...upperBound(query), limit: limit + 1 }
}

/** `entries` as the `history` statements answer it; `ongoing` goes before them. */
export function historyPage(entries: string, limit: number, ongoing: readonly EntryRow[] = []): HistoryPage {
  const rows: EntryRow[] = [...ongoing, ...JSON.parse(entries)]
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    entries: rows.slice(0, limit).map(entryOf),
    next: last === undefined ? null : encodeCursor({ slot: last[0], began: last[1] }),
  }
}

/** The outage under way, which nobody has written down yet: newer than any entry, for nothing was reported since. */
export function ongoingOutage(row: DeviceRow, query: HistoryQuery, now: number): EntryRow[] {
  const { id, interval, reportedAt } = row
  const due = dueAt(reportedAt, interval)
  if (due === null || !isLate(reportedAt, interval, now) || due < (query.from ?? 0)) return []
  const slot = slotOf(id, 0)
  if (!isBefore({ began: due, slot }, upperBound(query))) return []
  return [[slot, due, null, null, null, 0, null, query.device as DeviceName]]
}

/** What `historyOf` says of the device beside its entries. */
export interface DeviceRow {
  readonly id: number
  readonly interval: number | null
  readonly reportedAt: number
}

type EntryRow = readonly [slot: number, began: number, ...(TenureColumns | OutageColumns), device: DeviceName]
type TenureColumns = [ended: number, address: Address, confirmations: number, open: 0 | 1, proof: string]
type OutageColumns = [ended: number | null, address: null, confirmations: null, open: 0, proof: null]

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
    proof: parseProof(proof),
  }
}

/** Entries of the page come before this: `to` and `before` in one position, so that one index range serves both. */
function upperBound({ to, before }: HistoryQuery): Position {
  const end = to === undefined ? END_OF_TIME : { began: to, slot: 0 }
  const place = before === undefined ? END_OF_TIME : positionOf(before)
  return isBefore(place, end) ? place : end
}

const END_OF_TIME: Position = { began: Number.MAX_SAFE_INTEGER, slot: 0 }

function isBefore(a: Position, b: Position): boolean {
  return a.began < b.began || (a.began === b.began && a.slot < b.slot)
}
