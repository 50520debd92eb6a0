import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import type { Reader } from '../contract.ts'
import { MAX_OUTAGES_IN_PROGRESS } from '../contract.ts'
import { parseEvidence } from '../evidence.ts'
import { dueAt, lateAfter } from '../lateness.ts'
import { familyOfSlot } from '../slot.ts'
import type { CurrentAddress, DeviceSummary } from '../views.ts'
import type { DeviceRow } from './history.ts'
import {
  changesBindings,
  cursorOf,
  historyBindings,
  historyPage,
  outageInProgress,
  outagesOnPage,
  readPage,
} from './history.ts'

/** What a reader asks a backend. The statements of all backends return the same rows, with lists as JSON text. */
export type Question =
  | 'currentOf'
  | 'current'
  | 'devices'
  | 'devicesNamed'
  | 'history'
  | 'historyNewer'
  | 'historyOf'
  | 'historyOfNewer'

/** The values of a statement by the names of its parameters: exactly those that it has. */
export type Bindings = Readonly<Record<string, string | number | boolean | null>>

/** What a backend provides for the reader that all of them share. */
export interface RowSource extends Pick<Reader, 'version' | 'lastSignOfLife' | 'clock'> {
  ask<Row>(question: Question, bindings: Bindings): Promise<Row[]>
  close(): Promise<void>
}

export function readViews(source: RowSource, now: () => number): Reader {
  const { version, lastSignOfLife, clock, ask, close } = source
  const reader: Reader = {
    version,
    lastSignOfLife,
    clock,
    async currentOf(device, family) {
      const [row] = await ask<CurrentRow>('currentOf', { device })
      return row === undefined ? null : currentAddresses(row, family)
    },
    async current({ after = '', limit, family }) {
      const { rows, next } = pageOf(await ask<CurrentRow>('current', { after, limit: limit + 1 }), limit)
      return { addresses: rows.flatMap(row => currentAddresses(row, family)), next: next?.name ?? null }
    },
    async history(query) {
      const { device, after } = query
      const bindings = historyBindings(query)
      if (device === undefined) {
        const [row] = await ask<{ entries: string }>(
          after === undefined ? 'history' : 'historyNewer',
          bindings,
        )
        return historyPage(row?.entries ?? '[]', query)
      }
      const statement = after === undefined ? 'historyOf' : 'historyOfNewer'
      const [row] = await ask<DeviceRow & { entries: string }>(statement, { ...bindings, device })
      return row === undefined ? null : historyPage(row.entries, query, outagesOnPage(row, query, now()))
    },
    async changes(query) {
      const [row] = await ask<{ entries: string }>('historyNewer', changesBindings(query))
      const { entries, hasMore } = readPage(row?.entries ?? '[]', query.limit, [], true)
      return { entries, next: cursorOf(entries.at(-1), hasMore) }
    },
    async stateAt(device, at) {
      // An entry of each kind at most: one tenure in each family is in effect, and outages do not overlap.
      const page = await reader.history({ device, from: at, to: at + 1, limit: 3 })
      if (page === null) return null
      const tenures = page.entries.filter(entry => entry.kind === 'tenure')
      return {
        tenures: tenures.sort((a, b) => a.family - b.family),
        outage: page.entries.find(entry => entry.kind === 'outage') ?? null,
      }
    },
    async outagesInProgress() {
      const { devices, next } = await reader.devices({ limit: MAX_OUTAGES_IN_PROGRESS })
      if (next !== null) return null
      const outages = devices.map(d => outageInProgress(d.device, d.lastSeen, d.interval, now()))
      return outages.filter(outage => outage !== null).sort((a, b) => b.from - a.from)
    },
    async devices({ after = '', limit }) {
      const found = deviceSummaries(await ask<DevicesRow>('devices', { after, limit: limit + 1 }))
      const { rows, next } = pageOf(found, limit)
      return { devices: rows, next: next?.device ?? null }
    },
    async devicesNamed(names) {
      const distinct = JSON.stringify([...new Set(names)])
      const found = deviceSummaries(await ask<DevicesRow>('devicesNamed', { names: distinct }))
      return found.sort((a, b) => (a.device < b.device ? -1 : 1))
    },
    async check() {
      await version()
    },
    [Symbol.asyncDispose]: close,
  }
  return reader
}

/** One row more than the page was asked for: then there is a next page, and `next` is the last row of this one. */
function pageOf<Row>(found: readonly Row[], limit: number): { rows: Row[]; next: Row | null } {
  const rows = found.slice(0, limit)
  return { rows, next: found.length > limit ? (rows.at(-1) ?? null) : null }
}

interface DevicesRow {
  /** DeviceSummaryRow[] as JSON */
  readonly devices: string
}

type DeviceSummaryRow = [
  device: DeviceName,
  interval: number | null,
  skewMs: number,
  secretAdded: number,
  lastSeen: number,
]

function deviceSummaries([row]: readonly DevicesRow[]): DeviceSummary[] {
  const rows: DeviceSummaryRow[] = JSON.parse(row?.devices ?? '[]')
  return rows.map(([device, interval, skewMs, secretAdded, lastSeen]) => {
    return { device, lastSeen, interval, ...deadlines(lastSeen, interval), skewMs, secretAdded }
  })
}

function deadlines(reportedAt: number, interval: number | null) {
  return { dueAt: dueAt(reportedAt, interval), lateAfter: lateAfter(reportedAt, interval) }
}

interface CurrentRow {
  readonly name: DeviceName
  readonly interval: number | null
  readonly reportedAt: number
  /** TenureRow[] as JSON */
  readonly tenures: string
}

type TenureRow = [
  slot: number,
  address: Address,
  firstSeen: number,
  lastSeen: number,
  confirmations: number,
  flips: number,
  flippedAt: number | null,
  proof: string,
]

function currentAddresses(row: CurrentRow, family: Family | undefined): CurrentAddress[] {
  const { name: device, interval, reportedAt } = row
  const tenures: TenureRow[] = JSON.parse(row.tenures)
  return tenures
    .filter(([slot]) => family === undefined || familyOfSlot(slot) === family)
    .map(([slot, address, firstSeen, lastSeen, confirmations, flips, flippedAt, proof]) => ({
      device,
      family: familyOfSlot(slot) as Family,
      address,
      firstSeen,
      lastSeen,
      confirmations,
      interval,
      reportedAt,
      ...deadlines(reportedAt, interval),
      flips,
      flippedAt,
      ...parseEvidence(proof),
    }))
}
