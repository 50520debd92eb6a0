import type { DeviceName } from '@ipupdater/protocol'
import type { BatchDevice } from '../../batch/batch-device.ts'
import type { DeviceRow } from '../../batch/batch-load.ts'
import { deviceOf, slotsOfRepeats } from '../../batch/batch-load.ts'
import { rowsOf } from '../../batch/batch-rows.ts'
import type { CommitOutcome } from '../../contract.ts'
import type { EncodedReport } from '../../decide.ts'
import type { DedicatedConnection } from '../connection.ts'
import { BATCH_SQL } from './statements.ts'

export interface BatchConnection {
  readonly connection: DedicatedConnection
  /** @throws StorageError `newer-schema` */
  readonly assertSchema: (version: number) => void
}

/** Commits a batch in one durable transaction. One outcome for each report, in order. */
export async function commitBatch(
  reports: readonly EncodedReport[],
  batch: BatchConnection,
): Promise<CommitOutcome[]> {
  while (true) {
    try {
      return await batch.connection.transaction(() => decideAndSave(reports, batch))
    } catch (error) {
      if (error !== ANOTHER_WRITER) throw error
    }
  }
}

/** Another writer added one of the new devices meanwhile. The batch was rolled back and begins again. */
const ANOTHER_WRITER = new Error('another writer added a device of this batch')

async function decideAndSave(
  reports: readonly EncodedReport[],
  { connection, assertSchema }: BatchConnection,
): Promise<CommitOutcome[]> {
  const { schema, floor, devices } = await loadDevices(reports, connection)
  assertSchema(schema)
  const outcomes = reports.map(report => {
    const device = devices.get(report.device) as BatchDevice // loadDevices gives one for each name
    return device.apply(report, floor)
  })
  await saveDevices([...devices.values()], connection)
  return outcomes
}

async function loadDevices(reports: readonly EncodedReport[], connection: DedicatedConnection) {
  const names = [...new Set(reports.map(({ device }) => device))]
  const locked = await run<{ id: string }>(connection, 'lock', names)
  const ids = locked.map(({ id }) => id)
  const [row] = await run<{ schema: number; floor: number; devices: string }>(connection, 'load', ids)
  if (row === undefined) throw new Error('the load statement returns one row')
  const rows: DeviceRow[] = JSON.parse(row.devices)
  const known = new Map(rows.map(row => [row[1], row]))
  const slots = slotsOfRepeats(reports, known)
  const found =
    slots.length === 0 ? [] : await run<{ slot: number; proof: string }>(connection, 'loadProofs', slots)
  const proofs = new Map(found.map(({ slot, proof }) => [slot, proof]))
  const devices = new Map(names.map(name => [name, deviceOf(name, known.get(name), proofs)]))
  return { schema: row.schema, floor: row.floor, devices }
}

async function saveDevices(devices: readonly BatchDevice[], connection: DedicatedConnection): Promise<void> {
  const fresh = devices.flatMap(({ id, name, after }) =>
    id === null && after !== null
      ? [[name, after.interval, after.skewMs, after.secretAdded, after.kind]]
      : [],
  )
  if (fresh.length > 0) {
    const added = await run<{ id: number; name: DeviceName }>(connection, 'addDevices', fresh)
    if (added.length < fresh.length) throw ANOTHER_WRITER
    const ids = new Map(added.map(({ id, name }) => [name, id]))
    for (const device of devices) device.id ??= ids.get(device.name) ?? null
  }
  const rows = rowsOf(devices)
  for (const kind of Object.keys(rows) as (keyof typeof rows)[]) {
    if (rows[kind].length > 0) await run(connection, kind, `[${rows[kind].join()}]`)
  }
}

async function run<Row extends object>(
  connection: DedicatedConnection,
  name: keyof typeof BATCH_SQL,
  values: readonly unknown[] | string,
): Promise<Row[]> {
  const json = typeof values === 'string' ? values : JSON.stringify(values)
  return connection.query<Row>({ name, text: BATCH_SQL[name], values: [json] })
}
