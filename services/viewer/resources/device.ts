import type { Reader } from '@ipupdater/storage'
import { figures } from '../device/figures.ts'
import { overviewOf } from '../device/overview.ts'
import { timeline } from '../device/timeline.ts'
import { addressesJson } from '../render/json.ts'
import type { DeviceData, Period, PeriodName } from '../render/page/device.ts'
import { devicePage, PERIODS } from '../render/page/device.ts'
import { bareAddress } from '../render/text.ts'
import { addressesOf, deviceNamed } from './device-named.ts'
import { hasSchedule } from './devices.ts'
import { readHistory } from './history.ts'
import { days, family } from './parameters.ts'
import { parseQuery } from './query.ts'
import { readActivity } from './read-activity.ts'
import type { Resource, ResourceRequest } from './resource.ts'
import { represent } from './resource.ts'

/** The current addresses of one device, IPv4 first: the bare address for programs, and everything for people. */
export const device: Resource = {
  ...represent(readAddresses, { text: bareAddress, json: addressesJson }),
  ...represent(readDevice, { html: devicePage }),
}

async function readAddresses(reader: Reader, { device, query }: ResourceRequest) {
  const asked = parseQuery(query, { family })
  return { data: await addressesOf(reader, deviceNamed(device), asked.family), next: null }
}

async function readDevice(reader: Reader, request: ResourceRequest) {
  const name = deviceNamed(request.device)
  const asked = parseQuery(request.query, { family, days })
  const addresses = await addressesOf(reader, name, asked.family)
  const period = periodOf(asked.days ?? '90', request)
  const activity = await readActivity(reader, name, period.from, hasSchedule(addresses[0]))
  const [first] = activity.tenures
  const from = period.name === 'all' ? (first?.firstSeen ?? request.now - 1) : period.from
  const within = { from: Math.min(from, request.now - 1), to: request.now }
  const history = await readHistory(reader, { ...request, query: {} })
  const data: DeviceData = {
    ...overviewOf(addresses, request.now),
    period: { ...period, from: within.from },
    timeline: timeline(activity, within),
    figures: figures(activity, within),
    history: history.data,
  }
  return { data, next: null }
}

function periodOf(name: PeriodName, { now, time }: ResourceRequest): Period {
  const { days } = PERIODS[name]
  return { name, from: days === null ? 0 : (time.lastDays(days, now)[0]?.from ?? 0) }
}
