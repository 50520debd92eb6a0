import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'

/** One report of the story, as a device would send it. */
export interface StoryReport {
  readonly device: DeviceName
  readonly address: Address
  /** ms since the epoch */
  readonly at: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Every device of the story reports once an hour. */
export const INTERVAL_SECONDS = HOUR / 1000
const YEAR = 365 * DAY

/**
 * A year of four devices that ends at `end`, in the order of time. The same seed and end give the same reports.
 *
 * - home: IPv4 and IPv6, a new address every few weeks, two outages;
 * - cabin: IPv4, loses power for days in winter, now late by a few hours;
 * - boat: IPv4 by mobile network, a new address every few days, silent for weeks;
 * - office: IPv4, two senders with the same secret in turn for the last hours, so contested.
 */
export function story(seed: number, end: number): StoryReport[] {
  const begin = end - YEAR
  const random = createRandom(seed)
  const minute = () => random.below(30) * 60_000
  const reports = [
    ...reportsOf('home', { begin, end, silences: outages(random, begin, end, 2, 30), family: 4, days: 40, random }),
    ...reportsOf('home', { begin, end, silences: [], family: 6, days: 90, random }),
    ...reportsOf('cabin', { begin, end: end - 3 * HOUR - minute(), silences: outages(random, begin, end, 9, 90), family: 4, days: 25, random }),
    ...reportsOf('boat', { begin, end: end - 36 * DAY - minute(), silences: outages(random, begin, end - 40 * DAY, 12, 40), family: 4, days: 4, random }),
    ...reportsOf('office', { begin, end: end - 6 * HOUR, silences: outages(random, begin, end, 1, 10), family: 4, days: 60, random }),
    ...takingTurns('office', end - 6 * HOUR, end),
  ]
  return reports.sort((a, b) => a.at - b.at)
}

interface Silence {
  readonly from: number
  readonly to: number
}

/** Of this many hours at most, spread over the time. */
function outages(random: Random, begin: number, end: number, count: number, maxHours: number): Silence[] {
  return Array.from({ length: count }, () => {
    const from = begin + random.below(end - begin - 4 * DAY)
    return { from, to: from + (3 + random.below(maxHours)) * HOUR }
  })
}
