import { BlockList } from 'node:net'
import type { Address } from './address.ts'
import { familyOf, lastBitsAsIPv4 } from './address.ts'

/**
 * The registered block because of which an address is not globally reachable, or null if it is reachable.
 * Sources: the IANA special-purpose registries of IPv4 and IPv6 (RFC 6890, RFC 8190) as of 2025-10-09, multicast,
 * and the parts of IPv6 that IANA has not allocated as global unicast.
 */
export function specialPurpose(address: Address): SpecialPurpose | null {
  const family = familyOf(address) === 4 ? 'ipv4' : 'ipv6'
  if (!UNREACHABLE[family].check(address, family)) return null
  // Blocks nest (192.0.0.9/32 is in 192.0.0.0/24); the narrowest one decides.
  const row = ROWS[family].find(({ list }) => list.check(address, family))
  if (row?.purpose.block === NAT64_PREFIX) return embeddedPurpose(address)
  return row?.reachable === false ? row.purpose : null
}

/** RFC 6052 §3.1: an address of the NAT64 prefix is as reachable as the IPv4 address in its last 32 bits. */
function embeddedPurpose(address: Address): SpecialPurpose | null {
  const purpose = specialPurpose(lastBitsAsIPv4(address))
  return purpose && { ...purpose, name: `${purpose.name}, embedded in ${NAT64_PREFIX}` }
}

export interface SpecialPurpose {
  /** In CIDR notation. */
  block: string
  name: string
  /** The document that reserved it. */
  rfc: string
}

/**
 * "Globally Reachable" is False or N/A in the registries. ::ffff:0:0/96 (IPv4-mapped) is missing, because an
 * `Address` is never in it.
 */
export const UNREACHABLE_BLOCKS: readonly Row[] = [
  ['0.0.0.0/8', 'This network', 'RFC 791 §3.2'],
  ['0.0.0.0/32', 'This host on this network', 'RFC 1122 §3.2.1.3'],
  ['10.0.0.0/8', 'Private-Use', 'RFC 1918'],
  ['100.64.0.0/10', 'Shared Address Space (carrier-grade NAT)', 'RFC 6598'],
  ['127.0.0.0/8', 'Loopback', 'RFC 1122 §3.2.1.3'],
  ['169.254.0.0/16', 'Link Local', 'RFC 3927'],
  ['172.16.0.0/12', 'Private-Use', 'RFC 1918'],
  ['192.0.0.0/24', 'IETF Protocol Assignments', 'RFC 6890 §2.1'],
  ['192.0.0.0/29', 'IPv4 Service Continuity Prefix (DS-Lite)', 'RFC 7335'],
  ['192.0.0.8/32', 'IPv4 dummy address', 'RFC 7600'],
  ['192.0.0.170/32', 'NAT64/DNS64 Discovery', 'RFC 8880, RFC 7050 §2.2'],
  ['192.0.0.171/32', 'NAT64/DNS64 Discovery', 'RFC 8880, RFC 7050 §2.2'],
  ['192.0.2.0/24', 'Documentation (TEST-NET-1)', 'RFC 5737'],
  ['192.88.99.0/24', 'Deprecated (6to4 Relay Anycast)', 'RFC 7526'],
  ['192.88.99.2/32', '6a44-relay anycast address', 'RFC 6751'],
  ['192.168.0.0/16', 'Private-Use', 'RFC 1918'],
  ['198.18.0.0/15', 'Benchmarking', 'RFC 2544'],
  ['198.51.100.0/24', 'Documentation (TEST-NET-2)', 'RFC 5737'],
  ['203.0.113.0/24', 'Documentation (TEST-NET-3)', 'RFC 5737'],
  ['224.0.0.0/4', 'Multicast', 'RFC 5771'],
  ['240.0.0.0/4', 'Reserved', 'RFC 1112 §4'],
  ['255.255.255.255/32', 'Limited Broadcast', 'RFC 8190, RFC 919 §7'],
  ['::/128', 'Unspecified Address', 'RFC 4291'],
  ['::1/128', 'Loopback Address', 'RFC 4291'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 Translation, local use', 'RFC 8215'],
  ['100::/64', 'Discard-Only Address Block', 'RFC 6666'],
  ['100:0:0:1::/64', 'Dummy IPv6 Prefix', 'RFC 9780'],
  ['2001::/23', 'IETF Protocol Assignments', 'RFC 2928'],
  ['2001::/32', 'TEREDO', 'RFC 4380, RFC 8190'],
  ['2001:2::/48', 'Benchmarking', 'RFC 5180, RFC Errata 1752'],
  ['2001:10::/28', 'Deprecated (previously ORCHID)', 'RFC 4843'],
  ['2001:db8::/32', 'Documentation', 'RFC 3849'],
  ['2002::/16', '6to4', 'RFC 3056'],
  ['3fff::/20', 'Documentation', 'RFC 9637'],
  ['5f00::/16', 'Segment Routing (SRv6) SIDs', 'RFC 9602'],
  ['fc00::/7', 'Unique-Local', 'RFC 4193, RFC 8190'],
  ['fe80::/10', 'Link-Local Unicast', 'RFC 4291'],
  ['ff00::/8', 'Multicast', 'RFC 4291 §2.7'],
  // IANA's IPv6 address space: global unicast is allocated from 2000::/3 only.
  ['::/3', 'Reserved by IETF', 'RFC 4291 §2.4'],
  ['4000::/2', 'Reserved by IETF', 'RFC 4291 §2.4'],
  ['8000::/1', 'Reserved by IETF', 'RFC 4291 §2.4'],
]

const NAT64_PREFIX = '64:ff9b::/96'

/** "Globally Reachable" is True: registered for a purpose, but an address like any other. */
export const REACHABLE_BLOCKS: readonly Row[] = [
  ['192.0.0.9/32', 'Port Control Protocol Anycast', 'RFC 7723'],
  ['192.0.0.10/32', 'Traversal Using Relays around NAT Anycast', 'RFC 8155'],
  ['192.31.196.0/24', 'AS112-v4', 'RFC 7535'],
  ['192.52.193.0/24', 'AMT', 'RFC 7450'],
  ['192.175.48.0/24', 'Direct Delegation AS112 Service', 'RFC 7534'],
  [NAT64_PREFIX, 'IPv4-IPv6 Translation', 'RFC 6052'],
  ['2001:1::1/128', 'Port Control Protocol Anycast', 'RFC 7723'],
  ['2001:1::2/128', 'Traversal Using Relays around NAT Anycast', 'RFC 8155'],
  ['2001:1::3/128', 'DNS-SD Service Registration Protocol Anycast', 'RFC 9665'],
  ['2001:3::/32', 'AMT', 'RFC 7450'],
  ['2001:4:112::/48', 'AS112-v6', 'RFC 7535'],
  ['2001:20::/28', 'ORCHIDv2', 'RFC 7343'],
  ['2001:30::/28', 'Drone Remote ID Protocol Entity Tags (DETs) Prefix', 'RFC 9374'],
  ['2620:4f:8000::/48', 'Direct Delegation AS112 Service', 'RFC 7534'],
]

type Row = readonly [block: string, name: string, rfc: string]

type SocketFamily = 'ipv4' | 'ipv6'

/** Narrowest first. By family, because a BlockList finds IPv4 addresses in ::/3, as ::ffff:0:0/96. */
const ROWS = { ipv4: rowsOf('ipv4'), ipv6: rowsOf('ipv6') }

/** Checked first, in one step: nearly every address is in none of the blocks. */
const UNREACHABLE = { ipv4: unreachable('ipv4'), ipv6: unreachable('ipv6') }

function rowsOf(family: SocketFamily) {
  const rows = [
    ...UNREACHABLE_BLOCKS.map(row => ({ row, reachable: false })),
    ...REACHABLE_BLOCKS.map(row => ({ row, reachable: true })),
  ]
  return rows
    .filter(({ row: [block] }) => block.includes(':') === (family === 'ipv6'))
    .map(({ row: [block, name, rfc], reachable }) => ({
      purpose: { block, name, rfc },
      reachable,
      list: blockList([block], family),
    }))
    .sort((a, b) => prefixLength(b.purpose.block) - prefixLength(a.purpose.block))
}

function unreachable(family: SocketFamily): BlockList {
  const rows = ROWS[family].filter(row => !row.reachable)
  return blockList(
    rows.map(row => row.purpose.block),
    family,
  )
}

function blockList(blocks: readonly string[], family: SocketFamily): BlockList {
  const list = new BlockList()
  for (const block of blocks) list.addSubnet(block.slice(0, block.indexOf('/')), prefixLength(block), family)
  return list
}

function prefixLength(block: string): number {
  return Number(block.slice(block.indexOf('/') + 1))
}
