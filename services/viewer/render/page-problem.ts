import type { Problem } from '@ipupdater/protocol'
import { html } from './html.ts'
import { pageDocument } from './page.ts'

/** A refusal for a browser. What passes by itself asks again by itself: the server comes back, so does the page. */
export function problemPage({ status, title, detail, advice, extra }: Problem, root: string): string {
  return pageDocument({
    title,
    root,
    main: html`<h1>${title}</h1>
${detail !== undefined && html`<p class="sentence">${detail}.</p>\n`}<p>${advice}</p>
${status === 500 && html`<p class="soft">Request ${String(extra.requestId)}</p>`}`,
    ...(status === 503 ? { refreshSeconds: 10 } : {}),
  })
}
