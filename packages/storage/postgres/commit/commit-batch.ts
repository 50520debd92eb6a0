import type { DeviceName } from '@ipupdater/protocol'
import type { Client } from 'pg'
import type { BatchDevice } from '../../batch/batch-device.ts'
import type { DeviceRow } from '../../batch/batch-load.ts'
import { deviceOf, slotsOfRepeats } from '../../batch/batch-load.ts'
import { rowsOf } from '../../batch/batch-rows.ts'
import type { CommitOutcome } from '../../contract.ts'
import type { EncodedReport } from '../../decide.ts'
import { BATCH_SQL } from './statements.ts'

/**
 * Commits a batch in one transaction. One outcome for each report, in order.
 * @returns null: another writer made one of the devices meanwhile; nothing was written, and the batch can begin again
 */
export async function commitBatch(
  reports: readonly EncodedReport[],
  client: Client,
): Promise<CommitOutcome[] | null> {
  await client.query('BEGIN')
  try {
    const { floor, devices } = await loadDevices(reports, client)
    const outcomes = reports.map(report => {
      const device = devices.get(report.device) as BatchDevice // loadDevices gives one for each name
      return device.apply(report, floor)
    })
    const complete = await saveDevices([...devices.values()], client)
    await client.query(complete ? 'COMMIT' : 'ROLLBACK')
    return complete ? outcomes : null
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}) // the first error is the one to report
    throw error
  }
}

async function loadDevices(reports: readonly EncodedReport[], client: Client) {
  const names = [...new Set(reports.map(({ device }) => device))]
  const locked = await run<{ id: string }>(client, 'lock', names)
  const [row] = await run<{ schema: number; floor: number; devices: string }>(
    client,
    'load',
    locked.map(({ id }) => id),
  )
  if (row === undefined) throw new Error('the load statement returns one row')
  const rows: DeviceRow[] = JSON.parse(row.devices)
  const known = new Map(rows.map(row => [row[1], row]))
  const slots = slotsOfRepeats(reports, known)
  const found =
    slots.length === 0 ? [] : await run<{ slot: number; proof: string }>(client, 'loadProofs', slots)
  const proofs = new Map(found.map(({ slot, proof }) => [slot, proof]))
  const devices = new Map(names.map(name => [name, deviceOf(name, known.get(name), proofs)]))
  return { floor: row.floor, devices }
}

/** @returns false: not every new device could be added */
async function saveDevices(devices: readonly BatchDevice[], client: Client): Promise<boolean> {
  const fresh = devices.flatMap(({ id, name, after }) =>
    id === null && after !== null
      ? [[name, after.interval, after.skewMs, after.secretAdded, after.kind]]
      : [],
  )
  if (fresh.length > 0) {
    const added = await run<{ id: number; name: DeviceName }>(client, 'addDevices', fresh)
    if (added.length < fresh.length) return false
    const ids = new Map(added.map(({ id, name }) => [name, id]))
    for (const device of devices) device.id ??= ids.get(device.name) ?? null
  }
  const rows = rowsOf(devices)
  for (const kind of Object.keys(rows) as (keyof typeof rows)[]) {
    if (rows[kind].length > 0) await run(client, kind, `[${rows[kind].join()}]`)
  }
  return true
}

async function run<Row extends object>(
  client: Client,
  name: keyof typeof BATCH_SQL,
  values: readonly unknown[] | string,
): Promise<Row[]> {
  const json = typeof values === 'string' ? values : JSON.stringify(values)
  return (await client.query<Row>({ name, text: BATCH_SQL[name], values: [json] })).rows
}
