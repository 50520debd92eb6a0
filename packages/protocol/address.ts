import { isIPv4, isIPv6 } from 'node:net'
import { ProtocolError, quote } from './error.ts'

/** An IP address in the one spelling of RFC 5952; an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) is the IPv4 address. */
export type Address = string & { readonly brand: 'Address' }

export type Family = 4 | 6

/** Throws `malformed`. */
export function parseAddress(text: string): Address {
  if (isIPv4(text)) return text as Address
  // A zone ("fe80::1%eth0") has a meaning on one machine only (RFC 4007 §11.2).
  if (!isIPv6(text) || text.includes('%')) {
    throw new ProtocolError('malformed', `${quote(text)} is not an IPv4 or IPv6 address`)
  }
  const groups = groupsOf(text)
  return (isMapped(groups) ? dotted(groups) : compressed(groups)) as Address
}

export function familyOf(address: Address): Family {
  return address.includes(':') ? 6 : 4
}

export function familyName(family: Family): 'IPv4' | 'IPv6' {
  return family === 4 ? 'IPv4' : 'IPv6'
}

/** The last 32 bits of an IPv6 address, read as an IPv4 address (RFC 6052 §2.2, prefix length 96). */
export function lastBitsAsIPv4(address: Address): Address {
  return dotted(groupsOf(address)) as Address
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = withoutDots(text).split('::')
  const front = parseGroups(head)
  const back = tail === undefined ? [] : parseGroups(tail)
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back]
}

/** RFC 4291 §2.2 (3): the last 32 bits may be written as an IPv4 address. */
function withoutDots(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)/, (_, a, b, c, d) => {
    const high = (Number(a) << 8) | Number(b)
    const low = (Number(c) << 8) | Number(d)
    return `${high.toString(16)}:${low.toString(16)}`
  })
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16))
}

/** RFC 4291 §2.5.5.2: an IPv6 socket shows IPv4 addresses in ::ffff:0:0/96. */
function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)
}

function dotted(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap(group => [group >> 8, group & 0xff])
    .join('.')
}

/** RFC 5952 §4: lower case, no leading zeros, "::" for the longest run of two or more zero groups, the first of equal ones. */
function compressed(groups: readonly number[]): string {
  const run = longestZeroRun(groups)
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map(group => group.toString(16))
      .join(':')
  if (run.length < 2) return text(0, 8)
  return `${text(0, run.start)}::${text(run.start + run.length, 8)}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let length = 0
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > best.length) best = { start: index - length + 1, length }
  }
  return best
}
