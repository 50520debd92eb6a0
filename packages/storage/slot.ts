import type { Family } from '@ipupdater/protocol'

/** A device and a family (0: the device as a whole) in one integer. The first migration explains what it is for. */
export function slotOf(deviceId: number, family: Family | 0): number {
  return deviceId * 10 + family
}

export function familyOfSlot(slot: number): Family | 0 {
  return (slot % 10) as Family | 0
}
