import type { Address } from '@ipupdater/protocol'
import { parseAddress } from '@ipupdater/protocol'

/**
 * The address of the other end of a connection; null if the connection is closed already.
 *
 * A link-local address comes with the zone of this machine ("fe80::1%eth0"), which is cut off. An IPv4 address on a
 * dual-stack socket comes as "::ffff:a.b.c.d". It is cut out, because parsing it as IPv6 takes thirty times as long.
 */
export function peerAddress(remoteAddress: string | undefined): Address | null {
  if (remoteAddress === undefined) return null
  const mapped = remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.')
  const text = mapped ? remoteAddress.slice('::ffff:'.length) : remoteAddress.replace(/%.*/, '')
  try {
    return parseAddress(text)
  } catch {
    return null
  }
}
