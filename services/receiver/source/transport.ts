import type { Address, FieldLines } from '@ipupdater/protocol'
import { peerAddress } from '@ipupdater/web'

/**
 * Whether a request came over TLS to the proxy in front: a trusted proxy says so in X-Forwarded-Proto. If several
 * proxies wrote it, all must say "https".
 */
export function cameOverTls(
  peer: string | undefined,
  headers: FieldLines,
  isTrusted: (address: Address) => boolean,
): boolean {
  const nearest = peerAddress(peer)
  if (nearest === null || !isTrusted(nearest)) return false
  const lines = [headers['x-forwarded-proto'] ?? []].flat()
  const schemes = lines.flatMap(line => line.split(',')).map(scheme => scheme.trim().toLowerCase())
  return schemes.length > 0 && schemes.every(scheme => scheme === 'https')
}
