import type { DeviceOverview } from '../../device/overview.ts'
import type { State } from '../../device/state.ts'
import type { Page } from '../frame/document.ts'
import { pageDocument } from '../frame/document.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import { summary, tabTitle } from '../summary.ts'
import { stripLegend } from '../svg/strip.ts'
import type { View } from '../view.ts'
import type { DeviceCard } from './device-card.ts'
import { deviceCard } from './device-card.ts'
import { deviceTable } from './device-table.ts'
import { footerPart } from './parts.ts'

/** What the first page shows; how much of a device depends on how many there are. */
export type DevicesData =
  | { readonly kind: 'cards'; readonly devices: readonly DeviceCard[] }
  | { readonly kind: 'table'; readonly devices: readonly DeviceOverview[] }
  /** Too many to look at each for a summary. */
  | { readonly kind: 'pages'; readonly devices: readonly DeviceOverview[] }

/** The first page: every device, the most urgent one first. */
export function devicesPage(data: DevicesData, view: View): Page {
  const { devices } = data
  const content = {
    section: 'devices',
    footer: footerPart(view, ['text', 'json']),
    refreshSeconds: 60,
  } as const
  if (devices.length === 0) return pageDocument({ ...content, title: 'No device', main: nothingYet }, view)
  if (data.kind === 'pages') {
    return pageDocument({ ...content, title: 'Devices', main: pagesPart(devices, view) }, view)
  }
  const state = devices[0]?.state as State
  const main = html`<div role="status"><h1>${summary(devices)}</h1></div>
${data.kind === 'cards' ? html`<div class="cards">${data.devices.map(card => deviceCard(card, view))}</div>\n${stripLegend()}` : deviceTable(devices, view)}`
  return pageDocument({ ...content, title: tabTitle(devices), state, main }, view)
}

function pagesPart(devices: readonly DeviceOverview[], view: View): Html {
  const { next } = view
  return html`<h1>Devices by name</h1>
${deviceTable(devices, view)}
<p class="pages"><a href="${view.root}">First</a>${next !== null && html` <a href="${next}" rel="next">Next</a>`}</p>`
}

const nothingYet = html`<h1>No device has reported yet</h1>
<p>Register your home machine on the server. The command prints a secret and what to run at home:</p>
<pre>ipupdater-admin device add home</pre>
<p>With Docker: <code>docker compose exec receiver ipupdater-admin device add home</code></p>
<p>The address appears here as soon as the first report has arrived.</p>`
