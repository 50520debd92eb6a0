import type { CurrentAddress } from '@ipupdater/storage'
import type { View } from '../view.ts'
import { pageDocument } from './document.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import { addressPart, agedPart, footerPart, instantPart, nextPart, stateTags } from './parts.ts'

/** The front page: every device with what it holds now. */
export function addressesPage(addresses: readonly CurrentAddress[], view: View): string {
  return pageDocument({
    title: 'Addresses',
    root: view.root,
    main:
      addresses.length === 0
        ? nothingYet
        : html`<h1>Addresses</h1>
${addressTable(addresses, view)}
${nextPart(view, 'More devices')}`,
    footer: footerPart(view, ['text', 'json']),
  })
}

function addressTable(addresses: readonly CurrentAddress[], view: View): Html {
  return html`<table>
<thead><tr><th scope="col">Device</th><th scope="col">Address</th><th scope="col">Since</th><th scope="col">Last seen</th><th scope="col">State</th></tr></thead>
<tbody>${addresses.map(current => addressRow(current, view))}
</tbody>
</table>`
}

function addressRow(current: CurrentAddress, view: View): Html {
  const { device, family, address, firstSeen, lastSeen } = current
  return html`
<tr><th scope="row"><a href="${view.root}getip/${device}">${device}</a></th>
<td class="wide">${addressPart(address, family)}</td>
<td class="wide" data-label="since">${instantPart(firstSeen, view)}</td>
<td class="wide" data-label="last seen">${agedPart(lastSeen, view)}</td>
<td class="state">${stateTags(current, view)}</td></tr>`
}

const nothingYet = html`<h1>No device has reported yet</h1>
<p>Name your home machine on the server; it prints a secret and the command to run at home:</p>
<pre>docker compose exec receiver ipupdater-admin device add home</pre>
<p>Run that command on the home machine. Its address is shown here as soon as its first report has arrived.</p>`
