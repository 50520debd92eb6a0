import type { DeviceName } from '@ipupdater/protocol'
import type { DeviceSummary } from '@ipupdater/storage'

/**
 * Notices that the database of addresses was restored: reports that were read before are gone from it. Every device
 * would be late by the age of the backup otherwise.
 */
export class RestoreDetector {
  #lastSeen: ReadonlyMap<DeviceName, number> | null = null
  /** The newest report, ms since the epoch. */
  #newestReport: number

  /** `newestReport`: of the last run. */
  constructor(newestReport: number) {
    this.#newestReport = newestReport
  }

  get newestReport(): number {
    return this.#newestReport
  }

  /** `devices`: the first ones by name, which stand for all. */
  isRestored(devices: readonly DeviceSummary[]): boolean {
    const before = this.#lastSeen
    const newest = devices.reduce((latest, { lastSeen }) => Math.max(latest, lastSeen), 0)
    const isOlder =
      before === null
        ? newest < this.#newestReport - TOLERANCE_MS
        : devices.some(({ device, lastSeen }) => lastSeen < (before.get(device) ?? 0) - TOLERANCE_MS)
    this.#lastSeen = new Map(devices.map(({ device, lastSeen }) => [device, lastSeen]))
    this.#newestReport = newest
    return isOlder
  }
}

/** Within the grace of every device. Without it, a deleted device could look like a restore. */
const TOLERANCE_MS = 60_000
