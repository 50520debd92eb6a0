import type { BatchDevice } from '../../batch/batch-device.ts'
import type { Row, Rows } from '../../batch/batch-rows.ts'
import { rowsOf } from '../../batch/batch-rows.ts'
import type { Prepared } from '../connection.ts'
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

async function numberNewDevices(devices: readonly BatchDevice[], statements: BatchStatements): Promise<void> {
  const fresh = devices.filter(({ id, after }) => id === null && after !== null)
  if (fresh.length === 0) return
  const [last] = await statements.lastDevice.all<{ id: number }>()
  for (const [index, device] of fresh.entries()) device.id = (last?.id ?? 0) + 1 + index
}

async function save(rows: readonly Row[], statement: Prepared): Promise<void> {
  if (rows.length > 0) await statement.run([`[${rows.join()}]`])
}
