import type { DeviceState, OpenTenure } from '../decide.ts'
import { slotOf } from '../slot.ts'
import type { BatchDevice } from './batch-device.ts'

/** A JSON array. */
export type Row = string
export type Rows = Record<'saveDevices' | 'close' | 'refresh' | 'open' | 'saveOutages', Row[]>

/** The rows that a batch has changed, by the statement that writes them. Every device has its id. */
export function rowsOf(devices: readonly BatchDevice[]): Rows {
  const rows: Rows = { saveDevices: [], close: [], refresh: [], open: [], saveOutages: [] }
  for (const device of devices) if (device.after !== device.before) collect(device, rows)
  return rows
}

function collect({ id, name, before, after, closed, outages }: BatchDevice, rows: Rows): void {
  if (id === null || after === null) return
  const { kind, interval, skewMs, secretAdded } = after
  if (before === null || !sameDevice(before, after)) {
    rows.saveDevices.push(row([id, name, interval, skewMs, secretAdded, kind]))
  }
  for (const { family, tenure } of closed) rows.close.push(closedRow(slotOf(id, family), tenure))
  for (const family of [4, 6] as const) {
    const [was, is] = [before?.tenures[family] ?? null, after.tenures[family]]
    if (is === null || is === was) continue
    const slot = slotOf(id, family)
    if (was?.firstSeen === is.firstSeen) {
      rows.refresh.push(row([slot, is.lastSeen, is.confirmations], is.proof))
    } else rows.open.push(openRow(slot, is))
  }
  for (const { from, to } of outages) rows.saveOutages.push(row([slotOf(id, 0), from, to]))
}

function sameDevice(a: DeviceState, b: DeviceState): boolean {
  return a.interval === b.interval && a.skewMs === b.skewMs && a.secretAdded === b.secretAdded
}

function openRow(slot: number, tenure: OpenTenure): Row {
  const { address, firstSeen, lastSeen, confirmations, proof } = tenure
  const { previousAddress, previousLastSeen, flips, flippedAt } = tenure
  return row(
    [slot, address, firstSeen, lastSeen, confirmations, previousAddress, previousLastSeen, flips, flippedAt],
    proof,
  )
}

function closedRow(slot: number, { address, firstSeen, lastSeen, confirmations, proof }: OpenTenure): Row {
  return row([slot, address, firstSeen, lastSeen, confirmations], proof)
}

/** A proof is JSON already and is inserted as it is: as a JSON string, each of its many quotation marks would be escaped. */
function row(values: readonly (string | number | null)[], proof?: string | null): Row {
  const array = JSON.stringify(values)
  return proof === undefined ? array : `${array.slice(0, -1)},${proof}]`
}
