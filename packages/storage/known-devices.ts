import type { DeviceName } from '@ipupdater/protocol'
import type { DeviceState } from './decide.ts'

/** A device as it stands in the database. */
export interface KnownDevice {
  readonly id: number
  readonly state: DeviceState
}

/**
 * The devices that this connection has written last, so that those that report most need not be loaded each time: with
 * few devices an update is one trip to SQLite's thread. A memory may be out of date (a restore, say, has put other rows
 * in place): so it only serves to propose a refresh, which is written to rows that are still as remembered. A refusal is
 * never based on it.
 */
export class KnownDevices {
  /** Timestamps up to this are refused (see `meta`); null: not loaded yet. */
  floor: number | null = null
  readonly #devices = new Map<DeviceName, KnownDevice>()

  recall(name: DeviceName): KnownDevice | null {
    return this.#devices.get(name) ?? null
  }

  remember(name: DeviceName, device: KnownDevice): void {
    // A Map keeps the order of insertion: the first one was written the longest ago.
    this.#devices.delete(name)
    this.#devices.set(name, device)
    if (this.#devices.size <= MAX_KNOWN) return
    const [oldest] = this.#devices.keys()
    if (oldest !== undefined) this.#devices.delete(oldest)
  }
}

/** At about 1.5 KB with its proof, some 6 MB. */
const MAX_KNOWN = 4096
