import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import { BatchDevice } from '../../batch-device.ts'
import type { DeviceState, EncodedReport, OpenTenure } from '../../decide.ts'
import { slotOf } from '../schema.ts'
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
  const proofs = await loadProofs(reports, known, statements)
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

type DeviceRow = [
  id: number,
  name: DeviceName,
  interval: number | null,
  skewMs: number,
  secretAdded: number,
  kind: DeviceState['kind'],
  tenure4: TenureRow,
  tenure6: TenureRow,
]

type TenureRow = [
  address: Address | null, // null: there is no open tenure in this family
  firstSeen: number,
  lastSeen: number,
  confirmations: number,
  previousAddress: Address | null,
  previousLastSeen: number | null,
  flips: number,
  flippedAt: number | null,
]

type Proofs = ReadonlyMap<number, string>

/** Only a report of the stored time can be the stored message again. Proofs are long, so no other is loaded. */
async function loadProofs(
  reports: readonly EncodedReport[],
  known: ReadonlyMap<DeviceName, DeviceRow>,
  statements: BatchStatements,
): Promise<Proofs> {
  const slots: number[] = []
  for (const { device, address, at } of reports) {
    const row = known.get(device)
    if (row === undefined) continue
    const family = familyOf(address)
    const [currentAddress, , lastSeen] = family === 4 ? row[6] : row[7]
    if (currentAddress !== null && lastSeen === at) slots.push(slotOf(row[0], family))
  }
  if (slots.length === 0) return new Map()
  const rows = await statements.loadProofs.all<{ slot: number; proof: string }>([JSON.stringify(slots)])
  return new Map(rows.map(({ slot, proof }) => [slot, proof]))
}

function deviceOf(name: DeviceName, row: DeviceRow | undefined, proofs: Proofs): BatchDevice {
  if (row === undefined) return new BatchDevice(name, null, null)
  const [id, , interval, skewMs, secretAdded, kind, tenure4, tenure6] = row
  const tenures = {
    4: tenureOf(tenure4, proofs.get(slotOf(id, 4))),
    6: tenureOf(tenure6, proofs.get(slotOf(id, 6))),
  }
  return new BatchDevice(name, id, { kind, interval, skewMs, secretAdded, tenures })
}

function tenureOf(row: TenureRow, proof: string | undefined): OpenTenure | null {
  const [address, firstSeen, lastSeen, confirmations, previousAddress, previousLastSeen, flips, flippedAt] =
    row
  if (address === null) return null
  return {
    address,
    firstSeen,
    lastSeen,
    confirmations,
    previousAddress,
    previousLastSeen,
    flips,
    flippedAt,
    proof: proof ?? null,
  }
}
