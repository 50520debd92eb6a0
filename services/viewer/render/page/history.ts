import type { HistoryEntry, OutageEntry, TenureEntry } from '@ipupdater/storage'
import type { View } from '../view.ts'
import { pageDocument } from './document.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import { addressPart, footerPart, instantPart, nextPart } from './parts.ts'

export interface HistoryData {
  /** Whose history; null: everybody's. */
  readonly device: string | null
  readonly entries: readonly HistoryEntry[]
}

/** Tenures and outages, newest beginning first. */
export function historyPage({ device, entries }: HistoryData, view: View): string {
  const title = device === null ? 'History' : `History of ${device}`
  return pageDocument({
    title,
    root: view.root,
    main: html`<h1>${title}</h1>
${device !== null && html`<p><a href="${view.root}getip/${device}">${device} now</a></p>\n`}${entries.length === 0 ? nothing : entryTable(entries, view)}
${nextPart(view, 'Older')}`,
    footer: footerPart(view, ['text', 'json', 'csv']),
  })
}

function entryTable(entries: readonly HistoryEntry[], view: View): Html {
  return html`<table>
<thead><tr><th scope="col">Device</th><th scope="col">Address</th><th scope="col">From</th><th scope="col">To</th><th scope="col">State</th></tr></thead>
<tbody>${entries.map(entry => (entry.kind === 'tenure' ? tenureRow(entry, view) : outageRow(entry, view)))}
</tbody>
</table>`
}

function tenureRow({ device, address, family, firstSeen, lastSeen, open }: TenureEntry, view: View): Html {
  return html`
<tr>${deviceCell(device, view)}
<td class="wide">${addressPart(address, family)}</td>
<td class="wide" data-label="from">${instantPart(firstSeen, view)}</td>
<td class="wide" data-label="to">${instantPart(lastSeen, view)}</td>
<td class="state">${open && html`<span class="tag">current</span>`}</td></tr>`
}

function outageRow({ device, from, to }: OutageEntry, view: View): Html {
  return html`
<tr>${deviceCell(device, view)}
<td class="wide">No report</td>
<td class="wide" data-label="from">${instantPart(from, view)}</td>
<td class="wide" data-label="to">${to === null ? 'now' : instantPart(to, view)}</td>
<td class="state"><span class="tag outage">outage</span></td></tr>`
}

function deviceCell(device: string, { root }: View): Html {
  return html`<th scope="row"><a href="${root}history/${device}">${device}</a></th>`
}

const nothing = html`<p>Nothing is recorded here yet.</p>`
