import type { DeviceName } from '@ipupdater/protocol'

/** What is known of a device's lateness. */
export type DeviceState = 'no-deadline' | 'expected' | 'late'

export interface Watched {
  /** For `putBack`. */
  readonly slot: number
  readonly device: DeviceName
  readonly lastSeen: number
  readonly state: DeviceState
}

const STATES: readonly DeviceState[] = ['no-deadline', 'expected', 'late']

/**
 * All devices, ordered by when to look at each again. There may be a million, so there is no object for a device: its
 * values lie in arrays, at its slot, and its name in one buffer.
 */
export class DeadlineHeap {
  #size = 0
  #names = Buffer.alloc(16_384)
  /** Where the name of each slot ends; it begins where the one before ends. */
  #ends = new Uint32Array(1024)
  /** The devices below this place are in order of their names; those added later are in `#added`. */
  #sorted = 0
  readonly #added = new Set<DeviceName>()
  #lastSeen = new Float64Array(1024)
  #lookAt = new Float64Array(1024)
  #states = new Uint8Array(1024)
  /** A binary heap of slots: the one to look at first is at 0. */
  #heap = new Uint32Array(1024)
  #queued = 0
  readonly #counts: Record<DeviceState, number> = { 'no-deadline': 0, expected: 0, late: 0 }

  count(state: DeviceState): number {
    return this.#counts[state]
  }

  has(device: DeviceName): boolean {
    if (this.#added.has(device)) return true
    let [low, high] = [0, this.#sorted]
    while (low < high) {
      const middle = (low + high) >> 1
      const name = this.#nameOf(middle)
      if (name === device) return true
      if (name < device) low = middle + 1
      else high = middle
    }
    return false
  }

  /** A device that is not there yet. Cheapest in order of names. */
  add(device: DeviceName, lastSeen: number, state: DeviceState, lookAt: number): void {
    const slot = this.#size++
    if (this.#sorted === slot && (slot === 0 || this.#nameOf(slot - 1) < device)) this.#sorted = slot + 1
    else this.#added.add(device)
    this.#grow()
    this.#keepName(slot, device)
    this.putBack(slot, lastSeen, state, lookAt)
  }

  /** Takes out at most `limit` devices to look at now, the longest due first. Each has to be put back. */
  takeDue(now: number, limit: number): Watched[] {
    const due: Watched[] = []
    while (due.length < limit && this.#queued > 0) {
      const slot = this.#heap[0] as number
      if ((this.#lookAt[slot] as number) > now) break
      this.#removeFirst()
      const state = STATES[this.#states[slot] as number] as DeviceState
      this.#counts[state]--
      due.push({ slot, device: this.#nameOf(slot), lastSeen: this.#lastSeen[slot] as number, state })
    }
    return due
  }

  putBack(slot: number, lastSeen: number, state: DeviceState, lookAt: number): void {
    this.#lastSeen[slot] = lastSeen
    this.#lookAt[slot] = lookAt
    this.#states[slot] = STATES.indexOf(state)
    this.#counts[state]++
    this.#insert(slot)
  }

  #insert(slot: number): void {
    let place = this.#queued++
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#timeAt(parent) <= (this.#lookAt[slot] as number)) break
      this.#heap[place] = this.#heap[parent] as number
      place = parent
    }
    this.#heap[place] = slot
  }

  #removeFirst(): void {
    const slot = this.#heap[--this.#queued] as number
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#queued) break
      if (child + 1 < this.#queued && this.#timeAt(child + 1) < this.#timeAt(child)) child++
      if (this.#timeAt(child) >= (this.#lookAt[slot] as number)) break
      this.#heap[place] = this.#heap[child] as number
      place = child
    }
    this.#heap[place] = slot
  }

  #timeAt(place: number): number {
    return this.#lookAt[this.#heap[place] as number] as number
  }

  #nameOf(slot: number): DeviceName {
    return this.#names.toString('latin1', this.#ends[slot - 1] ?? 0, this.#ends[slot]) as DeviceName
  }

  /** Names of devices are ASCII. */
  #keepName(slot: number, device: DeviceName): void {
    const start = this.#ends[slot - 1] ?? 0
    const end = start + device.length
    if (end > this.#names.length) this.#names = Buffer.concat([this.#names], Math.ceil(end * 1.2))
    this.#names.write(device, start, 'latin1')
    this.#ends[slot] = end
  }

  #grow(): void {
    if (this.#size <= this.#heap.length) return
    const length = Math.ceil(this.#size * 1.2)
    this.#ends = copyOf(this.#ends, new Uint32Array(length))
    this.#lastSeen = copyOf(this.#lastSeen, new Float64Array(length))
    this.#lookAt = copyOf(this.#lookAt, new Float64Array(length))
    this.#states = copyOf(this.#states, new Uint8Array(length))
    this.#heap = copyOf(this.#heap, new Uint32Array(length))
  }
}

function copyOf<T extends Float64Array | Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
