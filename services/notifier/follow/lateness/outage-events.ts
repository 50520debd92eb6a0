import type { Address, DeviceName } from '@ipupdater/protocol'
import type { DeviceSummary, Reader } from '@ipupdater/storage'
import type { DeviceLate, DeviceRecovered, DeviceSilent } from '../../event.ts'
import { eventId } from '../../event.ts'
import type { Outage } from '../../outbox/announced-outages.ts'

export function lateEvent(
  { device, dueAt, lastSeen }: DeviceSummary,
  at: number,
  addresses: readonly Address[],
): DeviceLate {
  const due = dueAt ?? lastSeen
  return {
    id: eventId('device.late', device, due),
    type: 'device.late',
    at,
    device,
    due,
    lastSeen,
    addresses,
  }
}

export function silentEvent(
  { device, due, lastSeen, messages }: Outage,
  at: number,
  addresses: readonly Address[],
): DeviceSilent {
  const id = eventId('device.silent', device, due, messages)
  return { id, type: 'device.silent', at, device, due, lastSeen, addresses, reminder: messages }
}

/** Says when it reported again, and what changed in the meantime. */
export async function recoveredEvent(
  { device, due, lastSeen }: Outage,
  reader: Pick<Reader, 'currentOf' | 'stateAt'>,
): Promise<DeviceRecovered> {
  const before = await reader.stateAt(device, due)
  const current = (await reader.currentOf(device)) ?? []
  const changes = current.flatMap(({ family, address, firstSeen }) => {
    const previous = before?.tenures.find(tenure => tenure.family === family)?.address ?? null
    return previous === address ? [] : [{ family, address, previous, firstSeen }]
  })
  const at = before?.outage?.to ?? Math.max(due, ...current.map(({ reportedAt }) => reportedAt))
  return {
    id: eventId('device.recovered', device, due),
    type: 'device.recovered',
    at,
    device,
    due,
    lastSeen,
    changes,
  }
}

export async function addressesOf(reader: Pick<Reader, 'currentOf'>, device: DeviceName): Promise<Address[]> {
  return ((await reader.currentOf(device)) ?? []).map(({ address }) => address)
}

const NAMES_KEPT = 100

/** What an event says about many devices. */
export function many(devices: readonly { readonly device: DeviceName; readonly due: number }[]) {
  const names = devices.map(({ device }) => device).sort()
  const due = devices.reduce((least, each) => Math.min(least, each.due), Number.POSITIVE_INFINITY)
  return { count: devices.length, devices: names.slice(0, NAMES_KEPT), due }
}
