import type { Problem } from '@ipupdater/protocol'
import { pageDocument } from './document.ts'
import { html } from './html.ts'

/** An error for a browser. The page of a temporary error loads itself again. */
export function problemPage({ status, title, detail, advice, extra }: Problem, root: string): string {
  return pageDocument({
    title,
    root,
    main: html`<h1>${title}</h1>
${detail !== undefined && html`<p>${detail}</p>\n`}<p>${advice}</p>
${status === 500 && html`<p class="soft">Request ${String(extra.requestId)}</p>`}`,
    ...(status === 503 ? { refreshSeconds: 10 } : {}),
  })
}
