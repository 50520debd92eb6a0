import { historyCsv } from '../render/csv.ts'
import { historyJson } from '../render/json.ts'
import type { HistoryData } from '../render/page-history.ts'
import { historyPage } from '../render/page-history.ts'
import { historyText } from '../render/text.ts'
import { deviceNamed, unknownDevice } from './device-named.ts'
import { before, instant, limit, parseQuery } from './query.ts'
import type { Resource } from './resource.ts'

const defaultLimit = 50

/** Tenures and outages, of one device where the path names it, newest first. */
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
  // All of them tell age: an outage under way is there only because of the time.
  forms: [
    { representation: 'text', tellsAge: true, render: ({ entries }, view) => historyText(entries, view) },
    { representation: 'json', tellsAge: true, render: ({ entries }, view) => historyJson(entries, view) },
    { representation: 'csv', tellsAge: true, render: ({ entries }) => historyCsv(entries) },
    { representation: 'html', tellsAge: true, render: historyPage },
  ],
}
