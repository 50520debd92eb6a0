import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { BatchStatements } from './batch-sql.ts'
import type { EncodedUpdate, OpenTenure } from './decide.ts'
import { DeviceInBatch } from './device-in-batch.ts'
import { assertNotNewer } from './schema.ts'
import { slotOf } from './slot.ts'

/**
 * What is known of the devices of a batch: all of them, known before or not.
 *
 * @throws StorageError `newer-schema`: another program has migrated the database while this one had it open
 */
export async function loadDevices(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
): Promise<{ floor: number; devices: Map<DeviceName, DeviceInBatch> }> {
  const names = new Set(updates.map(({ device }) => device))
  const [row] = await statements.load.all<LoadedRow>(JSON.stringify([...names]))
  assertNotNewer(row?.schema ?? 0, { main: 'the database' })
  const rows: DeviceRow[] = JSON.parse(row?.devices ?? '[]')
  const known = new Map(rows.map(row => [row[1], row]))
  const proofs = await loadProofs(updates, known, statements)
  const devices = new Map<DeviceName, DeviceInBatch>()
  for (const name of names) devices.set(name, deviceOf(name, known.get(name), proofs))
  return { floor: row?.floor ?? 0, devices }
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
  tenure4: TenureRow,
  tenure6: TenureRow,
]

type TenureRow = [
  address: Address | null, // null: there is no such tenure
  firstSeen: number,
  lastSeen: number,
  confirmations: number,
  previousAddress: Address | null,
  previousLastSeen: number | null,
  flips: number,
  flippedAt: number | null,
]

type Proofs = ReadonlyMap<number, string>

/** Only an update of the stored timestamp can be the stored message again; proofs are long, so no other is loaded. */
async function loadProofs(
  updates: readonly EncodedUpdate[],
  known: ReadonlyMap<DeviceName, DeviceRow>,
  statements: BatchStatements,
): Promise<Proofs> {
  const slots: number[] = []
  for (const { device, address, timestamp } of updates) {
    const row = known.get(device)
    if (row === undefined) continue
    const family = familyOf(address)
    const [heldAddress, , lastSeen] = family === 4 ? row[5] : row[6]
    if (heldAddress !== null && lastSeen === timestamp) slots.push(slotOf(row[0], family))
  }
  if (slots.length === 0) return new Map()
  const rows = await statements.loadProofs.all<{ slot: number; proof: string }>(JSON.stringify(slots))
  return new Map(rows.map(({ slot, proof }) => [slot, proof]))
}

function deviceOf(name: DeviceName, row: DeviceRow | undefined, proofs: Proofs): DeviceInBatch {
  if (row === undefined) return new DeviceInBatch(name, null, null)
  const [id, , interval, skewMs, secretAdded, tenure4, tenure6] = row
  const tenures = {
    4: tenureOf(tenure4, proofs.get(slotOf(id, 4))),
    6: tenureOf(tenure6, proofs.get(slotOf(id, 6))),
  }
  return new DeviceInBatch(name, id, { interval, skewMs, secretAdded, tenures })
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
