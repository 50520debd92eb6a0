import type { CurrentAddress, Reader } from '@ipupdater/storage'
import { figures } from '../device/figures.ts'
import type { DeviceOverview } from '../device/overview.ts'
import { mostUrgentFirst, overviews } from '../device/overview.ts'
import { strip } from '../device/strip.ts'
import { addressesJson } from '../render/json.ts'
import type { DeviceCard } from '../render/page/device-card.ts'
import type { DevicesData } from '../render/page/devices.ts'
import { devicesPage } from '../render/page/devices.ts'
import { addressesText } from '../render/text.ts'
import { deviceName, family, limit, maxLimit } from './parameters.ts'
import { parseQuery } from './query.ts'
import { readActivity } from './read-activity.ts'
import type { Resource, ResourceRequest } from './resource.ts'
import { represent } from './resource.ts'

/** More devices than this are a table instead of cards. */
const MAX_CARDS = 12
/** Rows of a page if there are more devices than can be put in order. */
const PAGE_ROWS = 100
const STRIP_DAYS = 90

/** The current addresses of every device: a list for programs, and the first page for people. */
export const devices: Resource = {
  ...represent(readList, { text: addressesText, json: addressesJson }),
  ...represent(readOverviews, { html: devicesPage }),
}

/** By name. As many as fit on one page: a short default would hide some. */
async function readList(reader: Reader, { query }: ResourceRequest) {
  const asked = parseQuery(query, { family, limit, after: deviceName })
  const { addresses, next } = await reader.current({ limit: maxLimit, ...asked })
  return { data: addresses, next: next === null ? null : { after: next } }
}

/** Up to `maxLimit` devices in order of urgency; more of them by name, page by page. */
async function readOverviews(reader: Reader, request: ResourceRequest) {
  const {
    family: only,
    limit: rows = PAGE_ROWS,
    after,
  } = parseQuery(request.query, { family, limit, after: deviceName })
  const { addresses, next } = await reader.current({
    limit: maxLimit,
    ...(only && { family: only }),
    ...(after && { after }),
  })
  const all = overviews(addresses, request.now)
  if (next !== null || after !== undefined) {
    const page = all.slice(0, rows)
    const last = page.at(-1)
    const isLast = next === null && page.length === all.length
    return {
      data: { kind: 'pages', devices: page } as DevicesData,
      next: isLast || !last ? null : { after: last.device },
    }
  }
  return { data: await inOrder(reader, mostUrgentFirst(all), request), next: null }
}

async function inOrder(
  reader: Reader,
  all: readonly DeviceOverview[],
  request: ResourceRequest,
): Promise<DevicesData> {
  if (all.length > MAX_CARDS) return { kind: 'table', devices: all }
  return { kind: 'cards', devices: await Promise.all(all.map(device => cardOf(reader, device, request))) }
}

async function cardOf(
  reader: Reader,
  overview: DeviceOverview,
  { time, now }: ResourceRequest,
): Promise<DeviceCard> {
  const days = time.lastDays(STRIP_DAYS, now)
  const from = days[0]?.from ?? now
  const activity = await readActivity(reader, overview.device, from, hasSchedule(overview.addresses[0]))
  return { ...overview, days: strip(activity, days, now), figures: figures(activity, { from, to: now }) }
}

/** The device promises reports. */
export function hasSchedule({ interval }: CurrentAddress): boolean {
  return interval !== null
}
