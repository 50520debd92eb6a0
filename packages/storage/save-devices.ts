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

/** Writes what has changed, if that is a refresh for each; false: there is more, or not every row is as it was loaded. */
export async function refreshDevices(
  devices: readonly DeviceInBatch[],
  statements: BatchStatements,
): Promise<boolean> {
  if (devices.some(({ id }) => id === null)) return false
  const { refresh, ...others } = rowsOf(devices)
  if (Object.values(others).some(rows => rows.length > 0)) return false
  return refresh.length === 0 || (await statements.refresh.run(JSON.stringify(refresh))) === refresh.length
}

type Row = readonly (string | number | null)[]
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
    rows.saveDevices.push([id, name, interval, skewMs, secretAdded])
  }
  for (const { family, tenure } of closed) rows.close.push(closedRow(slotOf(id, family), tenure))
  for (const family of [4, 6] as const) {
    const [was, is] = [before?.tenures[family] ?? null, after.tenures[family]]
    if (is === null || is === was) continue
    const slot = slotOf(id, family)
    if (was?.firstSeen === is.firstSeen)
      rows.refresh.push([slot, was.lastSeen, is.lastSeen, is.confirmations, is.proof])
    else rows.open.push(openRow(slot, is))
  }
  for (const { from, to } of outages) rows.saveOutages.push([slotOf(id, 0), from, to])
}

function sameDevice(a: DeviceState, b: DeviceState): boolean {
  return a.interval === b.interval && a.skewMs === b.skewMs && a.secretAdded === b.secretAdded
}

function openRow(slot: number, tenure: OpenTenure): Row {
  const { address, firstSeen, lastSeen, confirmations, proof } = tenure
  const { previousAddress, previousLastSeen, flips, flippedAt } = tenure
  return [
    slot,
    address,
    firstSeen,
    lastSeen,
    confirmations,
    previousAddress,
    previousLastSeen,
    flips,
    flippedAt,
    proof,
  ]
}

function closedRow(slot: number, { address, firstSeen, lastSeen, confirmations, proof }: OpenTenure): Row {
  return [slot, address, firstSeen, lastSeen, confirmations, proof]
}

async function save(rows: readonly Row[], statement: Prepared): Promise<void> {
  if (rows.length > 0) await statement.run(JSON.stringify(rows))
}
