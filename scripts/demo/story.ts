import type { Address, DeviceName } from '@ipupdater/protocol'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'

/** One report, as a device would send it. */
export interface StoryReport {
  readonly device: DeviceName
  readonly address: Address
  /** ms since the epoch */
  readonly at: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** Every device of the story reports once an hour. */
export const INTERVAL_SECONDS = HOUR / 1000

/**
 * A year of four devices up to `end`, in the order of time. The same seed and end give the same reports.
 *
 * - home has IPv4 and IPv6, gets a new address every few weeks, and had two outages;
 * - cabin loses power for days, and is late by a few hours now;
 * - boat gets a new address every few days, and has been silent for weeks;
 * - office is contested: for the last hours two senders have used its secret in turn.
 */
export function story(seed: number, end: number): StoryReport[] {
  const random = createRandom(seed)
  const begin = end - YEAR
  const line = { random, begin }
  return [
    ...reportsOf('home', { ...line, end, outages: 2, longestHours: 30, daysPerAddress: 40, hasIPv6: true }),
    ...reportsOf('cabin', { ...line, end: end - 3 * HOUR, outages: 9, longestHours: 90, daysPerAddress: 25 }),
    ...reportsOf('boat', { ...line, end: end - 36 * DAY, outages: 14, longestHours: 60, daysPerAddress: 5 }),
    ...reportsOf('office', { ...line, end: end - 5 * HOUR, outages: 1, longestHours: 9, daysPerAddress: 70 }),
    ...reportsInTurn('office', end - 5 * HOUR, end),
  ].sort((a, b) => a.at - b.at)
}

interface Line {
  readonly random: Random
  readonly begin: number
  readonly end: number
  /** About how many times the device was silent, and for how long at most. */
  readonly outages: number
  readonly longestHours: number
  /** About how long an address lasts. */
  readonly daysPerAddress: number
  readonly hasIPv6?: boolean
}

function* reportsOf(name: string, line: Line): Generator<StoryReport> {
  const { random, begin, end, daysPerAddress } = line
  const device = parseDeviceName(name)
  const hours = Math.floor((end - begin) / HOUR)
  let [address4, address6] = [ipv4(random), ipv6(random)]
  for (let hour = 0; hour <= hours; hour++) {
    if (random.oneIn(hours / line.outages)) hour += 2 + random.below(line.longestHours)
    if (random.oneIn(daysPerAddress * 24)) address4 = ipv4(random)
    if (random.oneIn(daysPerAddress * 48)) address6 = ipv6(random)
    // The last report is at `end` exactly.
    const at = end - (hours - hour) * HOUR - (hour < hours ? random.below(20_000) : 0)
    if (hour > hours) return
    if (line.hasIPv6) yield { device, address: address6, at: at - 300 }
    yield { device, address: address4, at }
  }
}

/** Two senders at two addresses, each half an hour after the other: the last one at `end`. */
function* reportsInTurn(name: string, begin: number, end: number): Generator<StoryReport> {
  const device = parseDeviceName(name)
  const addresses = [parseAddress('192.0.2.81'), parseAddress('198.51.100.17')] as const
  for (let at = end, turn = 0; at > begin; at -= HOUR / 2, turn++) {
    yield { device, address: addresses[turn % 2] as Address, at }
  }
}

/** From the blocks for documentation (RFC 5737, RFC 3849), which belong to nobody. */
function ipv4(random: Random): Address {
  const block = ['192.0.2', '198.51.100', '203.0.113'][random.below(3)]
  return parseAddress(`${block}.${1 + random.below(254)}`)
}

function ipv6(random: Random): Address {
  return parseAddress(`2001:db8:${(1 + random.below(0xfffe)).toString(16)}::1`)
}

interface Random {
  /** 0 ≤ integer < limit */
  below(limit: number): number
  /** True once in so many times. */
  oneIn(times: number): boolean
}

/** mulberry32 of Tommy Ettinger: small, and good enough to tell a story. */
function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  return { below: limit => Math.floor(next() * limit), oneIn: times => next() < 1 / times }
}
