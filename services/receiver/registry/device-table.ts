import type { DeviceName, Secret } from '@ipupdater/protocol'
import type { DeviceKind, RegistryEntry, RegistrySecret } from './registry-line.ts'

/** What is known of a device; its name is the key. */
export type RegisteredDevice = Omit<RegistryEntry, 'device'>

/**
 * Devices and their secrets, packed into bytes: a million take some 80 MB, where a Map of objects takes 300,
 * and the garbage collector has nothing to walk. Names are found by an open-addressing hash table.
 *
 * A record: name length (1 byte), name, kind (1), interval (4, 0 for none), number of secrets (1), and for each secret:
 * added (8), length (2), text.
 */
export class DeviceTable {
  #chunks: Buffer[] = []
  #used = chunkBytes
  #slots: Uint32Array
  #size = 0
  readonly #rotating = new Set<DeviceName>()

  /** `expected` devices are taken in without growing, which at a million stops everything for 150 ms. */
  constructor(expected = 0) {
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * expected + 1024)))
  }

  get size(): number {
    return this.#size
  }

  /** The devices with two secrets. */
  get rotating(): ReadonlySet<DeviceName> {
    return this.#rotating
  }

  /** Null: the device is not known. */
  get(device: DeviceName): RegisteredDevice | null {
    const record = this.#slots[this.#find(device)] ?? none
    return record === none ? null : this.#read(record)
  }

  /** Adds a device, or replaces what is known of it. */
  set(entry: RegistryEntry): void {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow()
    const slot = this.#find(entry.device)
    if (this.#slots[slot] === none) this.#size += 1
    this.#slots[slot] = this.#append(entry)
    if (entry.secrets.length > 1) this.#rotating.add(entry.device)
    else this.#rotating.delete(entry.device)
  }

  /** Frees the memory at once; the garbage collector would take its time with 80 MB outside its heap. */
  [Symbol.dispose](): void {
    for (const chunk of this.#chunks) (chunk.buffer as ArrayBuffer).transfer(0)
    this.#chunks = []
    this.#slots = new Uint32Array(1)
    this.#size = 0
  }

  /** The slot that holds the device, or the free one where it belongs. */
  #find(device: string): number {
    const mask = this.#slots.length - 1
    let slot = hash(device) & mask
    for (;;) {
      const record = this.#slots[slot] ?? none
      if (record === none || this.#isNamed(record, device)) return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const records = this.#slots.filter(record => record !== none)
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (const record of records) this.#slots[this.#find(this.#nameAt(record))] = record
  }

  #append({ device, kind, interval, secrets }: RegistryEntry): number {
    const texts = secrets.map(({ secret }) => Buffer.from(secret))
    const bytes = texts.reduce((sum, text) => sum + 10 + text.length, 7 + device.length)
    if (this.#used + bytes > chunkBytes) {
      this.#chunks.push(Buffer.allocUnsafeSlow(chunkBytes))
      this.#used = 0
    }
    const chunk = this.#chunks.at(-1) as Buffer
    const start = this.#used
    let at = chunk.writeUInt8(device.length, start)
    at += chunk.write(device, at, 'latin1')
    at = chunk.writeUInt8(kinds.indexOf(kind), at)
    at = chunk.writeUInt32LE(interval ?? 0, at)
    at = chunk.writeUInt8(secrets.length, at)
    for (const [index, text] of texts.entries()) {
      at = chunk.writeDoubleLE(secrets[index]?.added ?? 0, at)
      at = chunk.writeUInt16LE(text.length, at)
      at += text.copy(chunk, at)
    }
    this.#used = at
    return (this.#chunks.length - 1) * chunkBytes + start + 1 // + 1: zero means a free slot
  }

  #locate(record: number): [chunk: Buffer, start: number] {
    const position = record - 1
    return [this.#chunks[Math.floor(position / chunkBytes)] as Buffer, position % chunkBytes]
  }

  #nameAt(record: number): DeviceName {
    const [chunk, start] = this.#locate(record)
    return chunk.toString('latin1', start + 1, start + 1 + chunk.readUInt8(start)) as DeviceName
  }

  #isNamed(record: number, device: string): boolean {
    const [chunk, start] = this.#locate(record)
    if (chunk[start] !== device.length) return false
    for (let i = 0; i < device.length; i++) {
      if (chunk[start + 1 + i] !== device.charCodeAt(i)) return false
    }
    return true
  }

  #read(record: number): RegisteredDevice {
    const [chunk, start] = this.#locate(record)
    const kindAt = start + 1 + chunk.readUInt8(start)
    const kind = kinds[chunk.readUInt8(kindAt)] ?? 'signed'
    const interval = chunk.readUInt32LE(kindAt + 1) || null
    const secrets: RegistrySecret[] = []
    let at = kindAt + 6
    for (let left = chunk.readUInt8(kindAt + 5); left > 0; left--) {
      const end = at + 10 + chunk.readUInt16LE(at + 8)
      secrets.push({ added: chunk.readDoubleLE(at), secret: chunk.toString('utf8', at + 10, end) as Secret })
      at = end
    }
    return { kind, interval, secrets }
  }
}

// Many times the longest record: two secrets of maximum length.
const chunkBytes = 256 * 1024
const none = 0
const kinds: readonly DeviceKind[] = ['signed', 'password']

/** FNV-1a, 32 bits. Only the operator chooses the names, so an attacker cannot cause collisions. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
