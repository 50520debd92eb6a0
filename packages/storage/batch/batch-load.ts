import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { DeviceState, EncodedReport, OpenTenure } from '../decide.ts'
import { slotOf } from '../slot.ts'
import { BatchDevice } from './batch-device.ts'

/** A device and its open tenures, as a backend's `load` statement returns them in JSON. */
export type DeviceRow = [
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

/** By slot. */
export type Proofs = ReadonlyMap<number, string>

/** Only a report of the stored time can be the stored message again. Proofs are long, so no other is loaded. */
export function slotsOfRepeats(
  reports: readonly EncodedReport[],
  known: ReadonlyMap<DeviceName, DeviceRow>,
): number[] {
  const slots: number[] = []
  for (const { device, address, at } of reports) {
    const row = known.get(device)
    if (row === undefined) continue
    const family = familyOf(address)
    const [currentAddress, , lastSeen] = family === 4 ? row[6] : row[7]
    if (currentAddress !== null && lastSeen === at) slots.push(slotOf(row[0], family))
  }
  return slots
}

export function deviceOf(name: DeviceName, row: DeviceRow | undefined, proofs: Proofs): BatchDevice {
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
