import { familyName } from '@ipupdater/protocol'
import type { DeviceOverview } from '../../device/overview.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import type { View } from '../view.ts'
import { agoPart, breakable, dayPart } from './parts.ts'
import { stateTags } from './state.ts'

/** Many devices, one row each. */
export function deviceTable(devices: readonly DeviceOverview[], view: View): Html {
  return html`<table class="devices">
<thead><tr><th scope="col">Device</th><th scope="col">Address</th><th scope="col">Since</th><th scope="col">Confirmed</th><th scope="col">State</th></tr></thead>
<tbody>${devices.map(device => deviceRow(device, view))}
</tbody>
</table>`
}

function deviceRow(overview: DeviceOverview, view: View): Html {
  const { device, addresses } = overview
  const lines = (line: (address: (typeof addresses)[number]) => Html) =>
    addresses.map((address, i) => html`${i > 0 && html`<br>`}${line(address)}`)
  return html`
<tr><th scope="row"><a href="${view.root}getip/${device}">${device}</a></th>
<td class="wide">${lines(({ address, family }) => html`<code>${breakable(address)}</code> <span class="soft">${familyName(family)}</span>`)}</td>
<td data-label="since">${lines(({ firstSeen }) => dayPart(firstSeen, view))}</td>
<td data-label="confirmed">${lines(({ lastSeen }) => agoPart(lastSeen, view))}</td>
<td class="corner">${stateTags(overview, view)}</td></tr>`
}
