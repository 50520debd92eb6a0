import type { DeviceName } from '@ipupdater/protocol'
import type { DeviceSummary, Reader } from '@ipupdater/storage'

/** Devices that follow one another by name. */
export interface Portion {
  /** It begins after this name; null: with the first device. */
  readonly after: DeviceName | null
  /** It ends with this name; null: with the last device. */
  readonly upTo: DeviceName | null
  readonly devices: readonly DeviceSummary[]
}

/**
 * Reads all devices by name again and again, a portion at a time. A million devices take as little memory as a few,
 * and a device that was deleted is missing from its portion.
 */
export class DeviceSweep {
  readonly #reader: Pick<Reader, 'devices'>
  /** Where the next portion begins; null: a new sweep begins. */
  #after: DeviceName | null = null
  #beganAt = Number.NEGATIVE_INFINITY
  #reason: string | null = null

  constructor(reader: Pick<Reader, 'devices'>) {
    this.#reader = reader
  }

  /**
   * The next portion of this sweep, or the first one of a new sweep. `reason`: a new sweep would find nothing new as
   * long as this text stays the same.
   *
   * @returns null: there is nothing to look at now
   */
  async next(reason: string, now: number): Promise<Portion | null> {
    const after = this.#after
    if (after === null && (reason === this.#reason || this.#beganJustBefore(now))) return null
    const page = await this.#reader.devices({ limit: PORTION, ...(after === null ? {} : { after }) })
    if (after === null) [this.#reason, this.#beganAt] = [reason, now]
    this.#after = page.next
    return { after, upTo: page.next, devices: page.devices }
  }

  #beganJustBefore(now: number): boolean {
    // A beginning in the future: the clock was set back.
    return now >= this.#beganAt && now - this.#beganAt < SWEEP_EVERY_MS
  }
}

/** Read in one round, which takes some 80 ms. A million devices are 100 rounds. */
const PORTION = 10_000
const SWEEP_EVERY_MS = 5_000
