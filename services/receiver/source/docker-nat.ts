import { readFile } from 'node:fs/promises'
import { BlockList } from 'node:net'
import { endianness } from 'node:os'
import type { Address } from '@ipupdater/protocol'
import { familyOf, parseAddress } from '@ipupdater/protocol'

/**
 * Tells whether Docker has put an address of its own in the place of the caller's.
 *
 * Docker's proxy and its masquerading make callers look like the gateway of one of the container's networks.
 * The default gateway is known; a second network's gateway is not, but lies in Docker's own range 172.16.0.0/12.
 * Where private addresses are allowed, a neighbour in that range may be a true caller; a gateway never is.
 */
export function maskDetector(
  gateways: readonly Address[],
  allowPrivateAddresses: boolean,
): (source: Address) => boolean {
  const known = new Set(gateways)
  const onDockerNetwork = gateways.some(inDockerRange)
  return source => known.has(source) || (onDockerNetwork && !allowPrivateAddresses && inDockerRange(source))
}

/** The default gateways of this machine or container, by Linux's routing tables; none elsewhere. */
export async function readGateways(directory = '/proc/net'): Promise<Address[]> {
  const [ipv4, ipv6] = await Promise.all([
    readTable(`${directory}/route`, defaultGatewayIPv4),
    readTable(`${directory}/ipv6_route`, defaultGatewayIPv6),
  ])
  return [...ipv4, ...ipv6]
}

const dockerRange = new BlockList()
dockerRange.addSubnet('172.16.0.0', 12)

function inDockerRange(address: Address): boolean {
  return familyOf(address) === 4 && dockerRange.check(address)
}

/** RTF_GATEWAY of <linux/route.h>: the route leads through a gateway. */
const throughGateway = 0x2

/** A line of /proc/net/route: Iface Destination Gateway Flags RefCnt Use Metric Mask …; numbers in host order. */
function defaultGatewayIPv4(line: string): Address | null {
  const [, , gateway = '', flags, , , , mask] = line.split('\t')
  if (mask !== '00000000' || !hasGateway(flags)) return null
  const bytes = [...Buffer.from(gateway, 'hex')]
  return parseAddress((endianness() === 'LE' ? bytes.reverse() : bytes).join('.'))
}

/** A line of /proc/net/ipv6_route: destination length source length gateway metric refcnt use flags iface. */
function defaultGatewayIPv6(line: string): Address | null {
  const [, length, , , gateway = '', , , , flags] = line.split(' ')
  if (length !== '00' || !hasGateway(flags)) return null
  return parseAddress(gateway.replace(/(.{4})(?=.)/g, '$1:'))
}

function hasGateway(flags: string | undefined): boolean {
  return (Number.parseInt(flags ?? '0', 16) & throughGateway) !== 0
}

async function readTable(file: string, read: (line: string) => Address | null): Promise<Address[]> {
  // No such file: not Linux, or IPv6 is switched off.
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .map(read)
    .filter(gateway => gateway !== null)
}
