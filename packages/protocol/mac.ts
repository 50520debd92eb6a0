import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from './secret.ts'

/** HMAC-SHA256 (RFC 9421 §3.3.3) of a signature base, in base64. */
export function computeMac(base: string, secret: Secret): string {
  return createHmac('sha256', secret).update(base).digest('base64')
}

/** Whether a MAC in base64 is that of the base; takes as long wherever the two differ (RFC 9421 §7.3.3). */
export function macHolds(mac: string, base: string, secret: Secret): boolean {
  const expected = createHmac('sha256', secret).update(base).digest()
  const given = Buffer.from(mac, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
