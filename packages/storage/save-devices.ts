import type { BatchStatements } from './batch-sql.ts'
import type { DeviceState, OpenTenure } from './decide.ts'
import type { DeviceInBatch } from './device-in-batch.ts'
import type { Prepared } from './held-connection.ts'
import { slotOf } from './slot.ts'

/** Writes what has changed, one statement a kind. Only within a transaction. */
export async function saveDevices(
  devices: readonly DeviceInBatch[],
  statements: BatchStatements,
): Promise<void> {
  await numberNewDevices(devices, statements)
  const rows = rowsOf(devices)
  for (const kind of Object.keys(rows) as (keyof Rows)[]) await save(rows[kind], statements[kind])
}

/** A JSON array. */
type Row = string
type Rows = Record<'saveDevices' | 'close' | 'refresh' | 'open' | 'saveOutages', Row[]>

function rowsOf(devices: readonly DeviceInBatch[]): Rows {
  const rows: Rows = { saveDevices: [], close: [], refresh: [], open: [], saveOutages: [] }
  for (const device of devices) if (device.after !== device.before) collect(device, rows)
  return rows
}

async function numberNewDevices(
  devices: readonly DeviceInBatch[],
  statements: BatchStatements,
): Promise<void> {
  const fresh = devices.filter(({ id, after }) => id === null && after !== null)
  if (fresh.length === 0) return
  const [last] = await statements.lastDevice.all<{ id: number }>()
  for (const [index, device] of fresh.entries()) device.id = (last?.id ?? 0) + 1 + index
}

function collect({ id, name, before, after, closed, outages }: DeviceInBatch, rows: Rows): void {
  if (id === null || after === null) return
  const { interval, skewMs, secretAdded } = after
  if (before === null || !sameDevice(before, after)) {
    rows.saveDevices.push(row([id, name, interval, skewMs, secretAdded]))
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

/** A proof is JSON already, and goes in as it is: as a string in JSON each of its many quotation marks would be escaped. */
function row(values: readonly (string | number | null)[], proof?: string | null): Row {
  const array = JSON.stringify(values)
  return proof === undefined ? array : `${array.slice(0, -1)},${proof}]`
}

async function save(rows: readonly Row[], statement: Prepared): Promise<void> {
  if (rows.length > 0) await statement.run(`[${rows.join()}]`)
}
