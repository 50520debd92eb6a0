/**
 * Random bytes, drawn from the system by the block: a nonce for each answer would else be a call of 3 µs each, most of
 * it for being called. No byte is given out twice.
 */
export function randomPool(randomBytes: (size: number) => Buffer): (size: number) => Buffer {
  let block: Buffer = Buffer.alloc(0)
  let used = 0
  return size => {
    if (used + size > block.length) {
      block = randomBytes(Math.max(BLOCK_BYTES, size))
      used = 0
    }
    used += size
    return block.subarray(used - size, used)
  }
}

const BLOCK_BYTES = 4096
