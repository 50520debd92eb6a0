import type { BatchDevice } from '../../batch-device.ts'
import type { DeviceState, OpenTenure } from '../../decide.ts'
import type { Prepared } from '../connection.ts'
import { slotOf } from '../schema.ts'
import type { BatchStatements } from './statements.ts'

/** Writes what has changed, with one statement of each kind. To be called within a transaction. */
export async function saveDevices(
  devices: readonly BatchDevice[],
  statements: BatchStatements,
): Promise<void> {
  await numberNewDevices(devices, statements)
  const rows = rowsOf(devices)
  for (const kind of Object.keys(rows) as (keyof Rows)[]) await save(rows[kind], statements[kind])
}

/** A JSON array. */
type Row = string
type Rows = Record<'saveDevices' | 'close' | 'refresh' | 'open' | 'saveOutages', Row[]>

function rowsOf(devices: readonly BatchDevice[]): Rows {
  const rows: Rows = { saveDevices: [], close: [], refresh: [], open: [], saveOutages: [] }
  for (const device of devices) if (device.after !== device.before) collect(device, rows)
  return rows
}

async function numberNewDevices(devices: readonly BatchDevice[], statements: BatchStatements): Promise<void> {
  const fresh = devices.filter(({ id, after }) => id === null && after !== null)
  if (fresh.length === 0) return
  const [last] = await statements.lastDevice.all<{ id: number }>()
  for (const [index, device] of fresh.entries()) device.id = (last?.id ?? 0) + 1 + index
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

async function save(rows: readonly Row[], statement: Prepared): Promise<void> {
  if (rows.length > 0) await statement.run([`[${rows.join()}]`])
}
