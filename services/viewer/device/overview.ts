import type { DeviceName } from '@ipupdater/protocol'
import type { CurrentAddress } from '@ipupdater/storage'
import type { State } from './state.ts'
import { byUrgency, statesOf } from './state.ts'

/** A device with its current addresses and what can be said about it now. */
export interface DeviceOverview {
  readonly device: DeviceName
  /** The most urgent one. */
  readonly state: State
  readonly states: readonly State[]
  /** By family, 4 first. */
  readonly addresses: readonly [CurrentAddress, ...CurrentAddress[]]
}

/** One overview for each device. @param addresses by device */
export function overviews(addresses: readonly CurrentAddress[], now: number): DeviceOverview[] {
  const groups = Map.groupBy(addresses, ({ device }) => device)
  return [...groups.values()].map(group => overviewOf(group as [CurrentAddress, ...CurrentAddress[]], now))
}

export function overviewOf(addresses: DeviceOverview['addresses'], now: number): DeviceOverview {
  const states = statesOf(addresses, now)
  return { device: addresses[0].device, state: states[0], states, addresses }
}

/** The most urgent device first; devices of the same state by name. */
export function mostUrgentFirst(devices: readonly DeviceOverview[]): DeviceOverview[] {
  return devices.toSorted((a, b) => byUrgency(a.state, b.state) || (a.device < b.device ? -1 : 1))
}
