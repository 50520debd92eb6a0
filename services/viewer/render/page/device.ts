import type { CurrentAddress } from '@ipupdater/storage'
import { age } from '../age.ts'
import { statesOf } from '../state.ts'
import type { View } from '../view.ts'
import { pageDocument } from './document.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import { addressPart, agedPart, footerPart, instantPart, stateTags } from './parts.ts'

type Addresses = readonly [CurrentAddress, ...CurrentAddress[]]

/** One device: what it holds now, how fresh that is, and the proof. */
export function devicePage(addresses: Addresses, view: View): string {
  const { device } = addresses[0]
  return pageDocument({
    title: device,
    root: view.root,
    main: html`<h1>${device}</h1>
${addresses.map(current => addressSection(current, view))}
<p><a href="${view.root}history/${device}">History of ${device}</a></p>`,
    footer: footerPart(view, ['text', 'json']),
  })
}

function addressSection(current: CurrentAddress, view: View): Html {
  const { address, family, firstSeen, lastSeen, confirmations, dueAt } = current
  return html`<section>
<p>${addressPart(address, family)} ${stateTags(current, view)}</p>
${statesOf(current, view.now).map(state => html`<p>${explanations[state](current, view)}</p>\n`)}<dl>
<dt>Since</dt><dd>${instantPart(firstSeen, view)}</dd>
<dt>Last seen</dt><dd>${agedPart(lastSeen, view)}</dd>
<dt>Reports</dt><dd>${confirmations}</dd>
${dueAt !== null && html`<dt>${dueAt < view.now ? 'Was due' : 'Next due'}</dt><dd>${instantPart(dueAt, view)}</dd>\n`}</dl>
${proofPart(current)}
</section>
`
}

function proofPart({ device, proof }: CurrentAddress): Html {
  if (proof === null) return html`<p>Not signed: the device reports with a password.</p>`
  return html`<details><summary>Proof</summary>
<p>The latest update as the device signed it. <code>ipupdater get ${device}</code> checks it with the device's secret.</p>
<pre>Content-Digest: ${proof.contentDigest}
Signature-Input: ${proof.signatureInput}
Signature: ${proof.signature}

${proof.body}</pre></details>`
}

const explanations = {
  late: ({ dueAt }: CurrentAddress, { now }: View) =>
    `A report was due ${age(now - (dueAt ?? now))} and has not come. The address is the last that was confirmed; it may have changed.`,
  contested: ({ flips }: CurrentAddress) =>
    `This address and another take turns (${flips} so far): two machines may report under this name, or one through two lines.`,
}
