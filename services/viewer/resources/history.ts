import { ProtocolError } from '@ipupdater/protocol'
import type { Reader } from '@ipupdater/storage'
import { historyAtom } from '../render/atom.ts'
import { historyCsv } from '../render/csv.ts'
import { historyJson } from '../render/json.ts'
import type { HistoryData } from '../render/page/history.ts'
import { historyPage } from '../render/page/history.ts'
import { historyText } from '../render/text.ts'
import { deviceNamed, unknownDevice } from './device-named.ts'
import { cursor, instant, limit, start } from './parameters.ts'
import { parseQuery } from './query.ts'
import type { Resource, ResourceRequest } from './resource.ts'
import { represent } from './resource.ts'

const DEFAULT_LIMIT = 50

/** Tenures and outages, newest first; of one device if the path names one. */
export const history: Resource = represent(readHistory, {
  text: ({ entries }, view) => historyText(entries, view),
  json: ({ entries }, view) => historyJson(entries, view),
  csv: ({ entries }) => historyCsv(entries),
  atom: ({ device, entries }, view) => historyAtom(device, entries, view),
  html: historyPage,
})

export async function readHistory(reader: Reader, { device, query, time }: ResourceRequest) {
  const name = device === undefined ? {} : { device: deviceNamed(device) }
  const { start: first = 1, ...asked } = parseQuery(query, {
    limit,
    before: cursor,
    start,
    from: instant(time),
    to: instant(time),
  })
  assertPeriod(asked)
  const page = await reader.history({ limit: DEFAULT_LIMIT, ...asked, ...name })
  if (page === null) throw unknownDevice(deviceNamed(device))
  const { entries, next } = page
  const data: HistoryData = {
    device: device ?? null,
    filter: asked,
    at: null,
    entries,
    start: first,
    newer: asked.before === undefined ? null : { before: null, start: null },
    older: next === null ? null : { before: next, start: String(first + entries.length) },
  }
  return { data, next: next === null ? null : { before: next } }
}

/** @throws ProtocolError `bad-query` */
function assertPeriod({ from, to }: { from?: number; to?: number }): void {
  if (from === undefined || to === undefined || from < to) return
  throw new ProtocolError(
    'bad-query',
    from === to ? '"from" and "to" are the same time.' : '"from" is later than "to".',
  )
}
