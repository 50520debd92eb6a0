import type { DeviceName } from '@ipupdater/protocol'
import type { BatchDevice } from '../../batch/batch-device.ts'
import type { DeviceRow, Proofs } from '../../batch/batch-load.ts'
import { deviceOf, slotsOfRepeats } from '../../batch/batch-load.ts'
import type { EncodedReport } from '../../decide.ts'
import type { BatchStatements } from './statements.ts'

/** Reads what is known of each device in a batch, new ones included, with the schema version and the replay floor. */
export async function loadDevices(
  reports: readonly EncodedReport[],
  statements: BatchStatements,
): Promise<{ schema: number; floor: number; devices: Map<DeviceName, BatchDevice> }> {
  const names = new Set(reports.map(({ device }) => device))
  const [row] = await statements.load.all<LoadedRow>([JSON.stringify([...names])])
  const { schema, floor, devices: found } = row as LoadedRow // one row, whatever is asked
  const rows: DeviceRow[] = JSON.parse(found)
  const known = new Map(rows.map(row => [row[1], row]))
  const proofs = await loadProofs(slotsOfRepeats(reports, known), statements)
  const devices = new Map<DeviceName, BatchDevice>()
  for (const name of names) devices.set(name, deviceOf(name, known.get(name), proofs))
  return { schema, floor, devices }
}

interface LoadedRow {
  readonly schema: number
  readonly floor: number
  /** DeviceRow[] as JSON */
  readonly devices: string
}

async function loadProofs(slots: readonly number[], statements: BatchStatements): Promise<Proofs> {
  if (slots.length === 0) return new Map()
  const rows = await statements.loadProofs.all<{ slot: number; proof: string }>([JSON.stringify(slots)])
  return new Map(rows.map(({ slot, proof }) => [slot, proof]))
}
