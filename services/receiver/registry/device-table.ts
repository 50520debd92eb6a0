import type { DeviceName, Secret } from '@ipupdater/protocol'

export interface RegistrySecret {
  readonly secret: Secret
  /** When it was added, ms since the epoch: its id among the secrets of its device. */
  readonly added: number
}

/**
 * Devices and their secrets, packed into bytes: a million take some 80 MB, where a Map of objects takes 300,
 * and the garbage collector has nothing to walk. Names are found by an open-addressing hash table.
 *
 * A record: name length (1 byte), name, number of secrets (1), and for each: added (8), length (2), text.
 */
export class DeviceTable {
  #chunks: Buffer[] = []
  #used = chunkBytes
  #slots: Uint32Array
  #size = 0

  /** `expected` devices are taken in without growing, which at a million stops everything for 150 ms. */
  constructor(expected = 0) {
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * expected + 1024)))
  }

  get size(): number {
    return this.#size
  }

  /** The secrets of a device, newest first; none if it is not known. */
  secretsOf(device: DeviceName): readonly RegistrySecret[] {
    const record = this.#slots[this.#find(device)] ?? none
    return record === none ? noSecrets : this.#readSecrets(record)
  }

  /** Adds a device, or replaces what is known of it. */
  set(device: DeviceName, secrets: readonly RegistrySecret[]): void {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow()
    const slot = this.#find(device)
    if (this.#slots[slot] === none) this.#size += 1
    this.#slots[slot] = this.#append(device, secrets)
  }

  /** Gives the memory back at once; the garbage collector sees no hurry in 80 MB outside its heap. */
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

  #append(device: DeviceName, secrets: readonly RegistrySecret[]): number {
    const texts = secrets.map(({ secret }) => Buffer.from(secret))
    const bytes = texts.reduce((sum, text) => sum + 10 + text.length, 2 + device.length)
    if (this.#used + bytes > chunkBytes) {
      this.#chunks.push(Buffer.allocUnsafeSlow(chunkBytes))
      this.#used = 0
    }
    const chunk = this.#chunks.at(-1) as Buffer
    const start = this.#used
    let at = chunk.writeUInt8(device.length, start)
    at += chunk.write(device, at, 'latin1')
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

  #readSecrets(record: number): RegistrySecret[] {
    const [chunk, start] = this.#locate(record)
    const countAt = start + 1 + chunk.readUInt8(start)
    const secrets: RegistrySecret[] = []
    let at = countAt + 1
    for (let left = chunk.readUInt8(countAt); left > 0; left--) {
      const end = at + 10 + chunk.readUInt16LE(at + 8)
      secrets.push({ added: chunk.readDoubleLE(at), secret: chunk.toString('utf8', at + 10, end) as Secret })
      at = end
    }
    return secrets
  }
}

// Many times the longest record, two secrets of the greatest length.
const chunkBytes = 256 * 1024
const none = 0
const noSecrets: readonly RegistrySecret[] = []

/** FNV-1a, 32 bits: names are the owner's own, so nobody can choose them to collide. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
