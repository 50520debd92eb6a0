import type { Address, Family } from '@ipupdater/protocol'
import { familyOf, parseAddress } from '@ipupdater/protocol'

/** What a router asks, as the dyndns2 protocol puts it. `fault` is the protocol's word for an invalid request. */
export type UpdateRequest =
  | { readonly fault: 'notfqdn' | 'numhost' }
  | { readonly hostnames: readonly string[]; readonly given: GivenAddresses }

/** The addresses that the request names. A family without one is absent. */
export type GivenAddresses = Readonly<Partial<Record<Family, Address>>>

/** dyndns2 allows twenty hostnames in a request. */
export const MAX_HOSTNAMES = 20

/**
 * `hostname=A[,B]`, `myip=V4[,V6]` and `myipv6=V6`. Every other parameter is ignored: `system`, `wildcard`, `mx`,
 * `backmx`, `offline` and `url` are obsolete, and `ip6lanprefix` is not an address.
 *
 * An empty or unreadable address is absent and never a deletion: a FRITZ!Box without IPv4 of its own (DS-Lite) sends
 * `myip=`, and some routers send a placeholder.
 */
export function readUpdateRequest(parameters: URLSearchParams): UpdateRequest {
  const hostnames = listOf(parameters, 'hostname')
  if (hostnames.length > MAX_HOSTNAMES) return { fault: 'numhost' }
  if (hostnames.length === 0 || !hostnames.every(isHostname)) return { fault: 'notfqdn' }
  const addresses = [...listOf(parameters, 'myip'), ...listOf(parameters, 'myipv6')].flatMap(readAddress)
  const given: Partial<Record<Family, Address>> = {}
  for (const address of addresses) given[familyOf(address)] ??= address
  return { hostnames, given }
}

/** A hostname belongs to the device that its first label names: `cabin.ip.example.org` to `cabin`. */
export function isHostnameOf(device: string, hostname: string): boolean {
  return hostname.split('.', 1)[0]?.toLowerCase() === device
}

function listOf(parameters: URLSearchParams, name: string): string[] {
  return parameters
    .getAll(name)
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .filter(value => value !== '')
}

/** RFC 1123 section 2.1: labels of letters, digits and hyphens; at most 253 characters (RFC 1035 section 2.3.4). */
function isHostname(text: string): boolean {
  return text.length <= 253 && /^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*\.?$/i.test(text)
}

/** A prefix length is dropped: some routers write `2001:db8::1/64`. */
function readAddress(text: string): Address[] {
  try {
    return [parseAddress(text.replace(/\/\d{1,3}$/, ''))]
  } catch {
    return []
  }
}
