import type { Problem } from '@ipupdater/protocol'
import type { Page } from '../frame/document.ts'
import { pageDocument } from '../frame/document.ts'
import { html } from '../frame/html.ts'

/** An error for a browser. The page of a temporary error keeps trying. */
export function problemPage(
  { status, title, detail, advice, extra }: Problem,
  place: { root: string; page: string },
): Page {
  return pageDocument(
    {
      title,
      main: html`<h1>${title}</h1>
${detail !== undefined && html`<p>${detail}</p>\n`}<p>${advice}</p>
${status === 500 && html`<p class="soft">Request ${String(extra.requestId)}</p>`}`,
      ...(status === 503 ? { refreshSeconds: 10 } : {}),
    },
    place,
  )
}
