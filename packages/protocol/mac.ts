import type { BinaryLike } from 'node:crypto'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 (RFC 9421 §3.3.3) of a signature base, in base64. */
export function computeMac(base: string, key: BinaryLike): string {
  return createHmac('sha256', key).update(base).digest('base64')
}

/** Whether 32 bytes in base64 are the MAC of the base; takes as long wherever the two differ. */
export function macHolds(mac: string, base: string, key: BinaryLike): boolean {
  const expected = createHmac('sha256', key).update(base).digest()
  return timingSafeEqual(Buffer.from(mac, 'base64'), expected)
}
