import type { DeviceName } from '@ipupdater/protocol'
import type { HistoryEntry, HistoryPage, Reader } from '@ipupdater/storage'
import { historyAtom } from '../render/atom.ts'
import { historyJson } from '../render/json.ts'
import type { HistoryData } from '../render/page/history.ts'
import { historyPage } from '../render/page/history.ts'
import { historyText } from '../render/text.ts'
import { deviceNamed, unknownDevice } from './device-named.ts'
import type { AskedHistory } from './history-query.ts'
import { parseHistoryQuery } from './history-query.ts'
import type { Resource, ResourceRequest } from './resource.ts'
import { represent } from './resource.ts'

const DEFAULT_LIMIT = 50
/** A text says how many entries follow, up to so many. */
export const MAX_COUNTED = 1_000

/** Tenures and outages, newest first; of one device if the path names one. CSV is a download, see routes/download.ts. */
export const history: Resource = {
  ...represent(readCounted, { text: historyText }),
  ...represent(readHistory, {
    json: ({ entries }, view) => historyJson(entries, view),
    atom: ({ device, entries }, view) => historyAtom(device, entries, view),
    html: historyPage,
  }),
}

export async function readHistory(reader: Reader, request: ResourceRequest) {
  const asked = parseHistoryQuery(request)
  const { query, start, at } = asked
  const { device: _, before: _before, after: _after, ...filter } = query
  const rows = asked.limit ?? DEFAULT_LIMIT
  const { entries, next, previous, isComplete } = await readPage(reader, asked, rows, request.now)
  const data: HistoryData = {
    device: query.device ?? null,
    filter,
    at,
    entries,
    isComplete,
    start: previous === null ? 1 : start,
    more: 0,
    newer: previous && { after: previous, before: null, start: String(Math.max(1, start - rows)) },
    older: next && { before: next, after: null, start: String(start + rows) },
  }
  return { data, next: next && { before: next } }
}

async function readCounted(reader: Reader, request: ResourceRequest) {
  const reading = await readHistory(reader, request)
  if (reading.next === null) return reading
  const { query } = parseHistoryQuery(request)
  const { after: _, ...rest } = query
  const page = await reader.history({ ...rest, ...reading.next, limit: MAX_COUNTED })
  return { ...reading, data: { ...reading.data, more: page?.entries.length ?? 0 } }
}

interface ReadPage extends HistoryPage {
  /** Outages in progress would be on this page, but there are too many devices to look at each. */
  readonly isComplete: boolean
}

/** @throws ProtocolError `unknown-device` */
export async function readPage(
  reader: Reader,
  asked: AskedHistory,
  limit: number,
  now: number,
): Promise<ReadPage> {
  const { query, at } = asked
  if (at !== null && query.device !== undefined) return momentPage(reader, query.device, at)
  const page = await reader.history({ ...query, limit })
  if (page === null) throw unknownDevice(deviceNamed(query.device))
  const outages = hasPresent(asked, now) ? await reader.outagesInProgress() : []
  return { ...page, entries: [...(outages ?? []), ...page.entries], isComplete: outages !== null }
}

/** The first page of all devices, if its period reaches the present: it begins with the outages in progress. */
function hasPresent({ query }: AskedHistory, now: number): boolean {
  const { device, before, after, kind, to = Number.POSITIVE_INFINITY } = query
  return device === undefined && before === undefined && after === undefined && kind !== 'tenure' && to > now
}

/** What was in effect at one moment. */
async function momentPage(reader: Reader, device: DeviceName, at: number): Promise<ReadPage> {
  const state = await reader.stateAt(device, at)
  if (state === null) throw unknownDevice(device)
  const { tenures, outage } = state
  const entries: HistoryEntry[] = outage === null ? tenures : [outage, ...tenures]
  return { entries, next: null, previous: null, isComplete: true }
}
