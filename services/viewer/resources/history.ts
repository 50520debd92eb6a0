import { historyCsv } from '../render/csv.ts'
import { historyJson } from '../render/json.ts'
import type { HistoryData } from '../render/page/history.ts'
import { historyPage } from '../render/page/history.ts'
import { historyText } from '../render/text.ts'
import { deviceNamed, unknownDevice } from './device-named.ts'
import { before, instant, limit, parseQuery } from './query.ts'
import type { Resource } from './resource.ts'

const defaultLimit = 50

/** Tenures and outages, newest first; of one device if the path names one. */
export const history: Resource<HistoryData> = {
  async read(reader, { device, query, time }) {
    const name = device === undefined ? {} : { device: deviceNamed(device) }
    const asked = parseQuery(query, { limit, before, from: instant(time), to: instant(time) })
    const page = await reader.history({ limit: defaultLimit, ...asked, ...name })
    if (page === null) throw unknownDevice(deviceNamed(device))
    return {
      data: { device: device ?? null, entries: page.entries },
      next: page.next === null ? null : { before: page.next },
    }
  },
  formats: {
    text: ({ entries }, view) => historyText(entries, view),
    json: ({ entries }, view) => historyJson(entries, view),
    csv: ({ entries }) => historyCsv(entries),
    html: historyPage,
  },
}
