import type { DeviceName, Family, Proof } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import type { CurrentAddress } from '@ipupdater/storage'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import type { View } from '../view.ts'

/** Why nobody has to believe this page. */
export function checkPart(addresses: readonly CurrentAddress[], view: View): Html {
  return html`<section id="signature">${addresses.map(({ device, family, proof }) => (proof === null ? unsignedPart(family) : signedPart(device, family, proof, view)))}</section>`
}

function signedPart(device: DeviceName, family: Family, proof: Proof, { root }: View): Html {
  return html`<details id="check-${family}"><summary>${familyName(family)}: signed by ${device}, how to check it</summary>
<p>The device signs each report with its secret. This command checks the signature, so you need to trust neither this page nor the way to it. VIEWER_URL is the address of this page without the last part.</p>
<pre>VIEWER_URL=… SECRET=… ipupdater get ${device} --family ${family}</pre>
<p>The signed message, also in the <a href="${root}getip/${device}?format=json">JSON</a> (<a href="https://www.rfc-editor.org/rfc/rfc9421">RFC 9421</a>, the rules are in docs/protocol.md):</p>
<pre>Content-Digest: ${proof.contentDigest}
Signature-Input: ${proof.signatureInput}
Signature: ${proof.signature}

${proof.body}</pre></details>
`
}

function unsignedPart(family: Family): Html {
  return html`<p>${familyName(family)}: not signed. The device reports with a password, so only the server can vouch for the address.</p>
`
}
