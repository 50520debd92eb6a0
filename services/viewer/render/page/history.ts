import { familyName } from '@ipupdater/protocol'
import type { HistoryEntry, OutageEntry, TenureEntry } from '@ipupdater/storage'
import { unsignedNote } from '../evidence.ts'
import type { Page } from '../frame/document.ts'
import { pageDocument } from '../frame/document.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import type { View } from '../view.ts'
import { duration } from '../words.ts'
import type { HistoryFilter } from './history-filter.ts'
import { filterForm } from './history-filter.ts'
import { breakable, footerPart, forPart, timePart } from './parts.ts'

export interface HistoryData {
  /** Null: all devices. */
  readonly device: string | null
  readonly filter: HistoryFilter
  /** The moment that was asked for, in place of a period. */
  readonly at: number | null
  readonly entries: readonly HistoryEntry[]
  /** Outages in progress are not among the entries if there are too many devices to look at each. */
  readonly isComplete: boolean
  /** How many entries follow. 0 also if nobody has counted. */
  readonly more: number
  /** The number of the first entry, counted from the newest one. */
  readonly start: number
  /** The parameters of the pages next to this one; null if there is none. */
  readonly newer: Readonly<Record<string, string | null>> | null
  readonly older: Readonly<Record<string, string | null>> | null
}

/** Tenures and outages, newest beginning first. */
export function historyPage(data: HistoryData, view: View): Page {
  const { device, at } = data
  const whose = device === null ? 'History' : `History of ${device}`
  const title = at === null ? whose : `${device} at ${view.time.minute(at)}`
  const heading = at === null ? whose : html`${device} at ${timePart('minute', at, view)}`
  return pageDocument(
    {
      title,
      section: 'history',
      main: html`<h1>${heading}</h1>
${device !== null && html`<p><a class="target" href="${view.root}getip/${device}">${device} now</a></p>\n`}${historyPart(data, view, view.link)}`,
      footer: footerPart(view, ['text', 'json', 'csv', 'atom']),
      refreshSeconds: 60,
    },
    view,
  )
}

/** The filter form, the entries, and the way to other pages by `link`. */
export function historyPart(data: HistoryData, view: View, link: View['link']): Html {
  const { device, entries, start, newer, older, filter } = data
  const form = filterForm(filter, device, view)
  if (entries.length === 0) return html`${form}\n<p>Nothing in this period.</p>`
  const notice = data.isComplete ? '' : OUTAGES_LEFT_OUT
  return html`${form}
${notice !== '' && html`<p>${notice}</p>\n`}${entryTable(data, view)}
<nav class="pages" aria-label="Pages of the history"><span>${start}–${start + entries.length - 1}</span>${newer !== null && html` <a href="${link(newer)}" rel="prev">Newer</a>`}${older !== null && html` <a href="${link(older)}" rel="next">Older</a>`}</nav>`
}

export const OUTAGES_LEFT_OUT =
  'There are more than 1,000 devices, so outages in progress are not listed here.'

function entryTable({ device, entries }: HistoryData, view: View): Html {
  const deviceHead = device === null && html`<th scope="col">Device</th>`
  return html`<table class="history">
<thead><tr>${deviceHead}<th scope="col">Address</th><th scope="col">From</th><th scope="col">To</th><th scope="col">Length</th><th scope="col">State</th></tr></thead>
<tbody>${entries.map(entry => (entry.kind === 'tenure' ? tenureRow(entry, device, view) : outageRow(entry, device, view)))}
</tbody>
</table>`
}

function tenureRow(entry: TenureEntry, device: string | null, view: View): Html {
  const { address, family, firstSeen, lastSeen, open } = entry
  const note = unsignedNote(entry)
  return html`
<tr>${deviceCell(entry, device, view)}<td class="wide"><code>${breakable(address)}</code> <span class="soft">${familyName(family)}${note !== null && `, ${note}`}</span></td>
<td data-label="from">${timePart('minute', firstSeen, view)}</td>
<td data-label="to">${timePart('minute', lastSeen, view)}</td>
<td data-label="length">${duration(lastSeen - firstSeen)}</td>
<td class="corner">${open && html`<span class="state up-to-date">current</span>`}</td></tr>`
}

function outageRow(entry: OutageEntry, device: string | null, view: View): Html {
  const { from, to } = entry
  return html`
<tr>${deviceCell(entry, device, view)}<td class="wide">No report</td>
<td data-label="from">${timePart('minute', from, view)}</td>
<td data-label="to">${to === null ? 'now' : timePart('minute', to, view)}</td>
<td data-label="length">${to === null ? forPart(from, view) : duration(to - from)}</td>
<td class="corner"><span class="state silent">${to === null ? 'silent' : 'outage'}</span></td></tr>`
}

function deviceCell({ device }: HistoryEntry, only: string | null, { root }: View): Html {
  return html`${only === null && html`<th scope="row"><a href="${root}getip/${device}">${device}</a></th>\n`}`
}
