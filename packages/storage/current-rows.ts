import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import { parseProof } from '@ipupdater/protocol'
import { dueAt, lateAfter } from './lateness.ts'
import { familyOfSlot } from './slot.ts'
import type { CurrentAddress } from './views.ts'

/** A device as the `current` statements of READER_SQL answer it. */
export interface CurrentRow {
  readonly name: DeviceName
  readonly interval: number | null
  readonly reportedAt: number
  readonly tenures: string
}

type HeldRow = [
  slot: number,
  address: Address,
  firstSeen: number,
  lastSeen: number,
  confirmations: number,
  flips: number,
  flippedAt: number | null,
  proof: string,
]

export function currentAddresses(row: CurrentRow, family: Family | undefined): CurrentAddress[] {
  const { name: device, interval, reportedAt } = row
  const due = { dueAt: dueAt(reportedAt, interval), lateAfter: lateAfter(reportedAt, interval) }
  const held: HeldRow[] = JSON.parse(row.tenures)
  return held
    .filter(([slot]) => family === undefined || familyOfSlot(slot) === family)
    .map(([slot, address, firstSeen, lastSeen, confirmations, flips, flippedAt, proof]) => ({
      device,
      family: familyOfSlot(slot) as Family,
      address,
      firstSeen,
      lastSeen,
      confirmations,
      interval,
      reportedAt,
      ...due,
      flips,
      flippedAt,
      proof: parseProof(proof),
    }))
}
