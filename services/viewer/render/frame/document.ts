import { createHash } from 'node:crypto'
import type { State } from '../../device/state.ts'
import type { View } from '../view.ts'
import type { Html } from './html.ts'
import { html, raw } from './html.ts'
import { script } from './script.ts'
import { style } from './style.ts'

/** A finished page. */
export interface Page {
  readonly markup: string
  /** Differs if the content differs. The passing of time alone, as in "1 minute ago", makes no difference. */
  readonly tag: string
}

export interface PageContent {
  readonly title: string
  /** Which of the main pages this one belongs to. */
  readonly section?: 'devices' | 'history'
  /** The worst state on the page, for its icon. */
  readonly state?: State
  readonly main: Html
  readonly footer?: Html
  /** The page keeps itself up to date; without JavaScript by loading again after so many seconds. */
  readonly refreshSeconds?: number
}

/** The frame of every page. All links are relative, so a page works under any path that a proxy gives it. */
export function pageDocument(content: PageContent, { root, page }: Pick<View, 'root' | 'page'>): Page {
  const { title, section, state = 'up-to-date', main, footer, refreshSeconds } = content
  const tag = tagOf(title, state, main)
  const current = (name: string) => name === section && raw(' aria-current="page"')
  const markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>\n`}<title>${title} · ipupdater</title>
<link rel="icon" type="image/svg+xml" href="${root}icon/${state}.svg">
<style>${raw(style)}</style>
</head>
<body${refreshSeconds !== undefined && html` data-wait="${root}wait?page=${encodeURIComponent(page)}" data-tag='W/"${tag}"'`}>
<header><a href="${root}" class="brand">ipupdater</a><nav aria-label="Main"><a href="${root}"${current('devices')}>Devices</a><a href="${root}history"${current('history')}>History</a></nav></header>
<main>
${main}
</main>
<footer>
${footer}
</footer>
<script>${raw(script)}</script>
</body>
</html>
`.markup
  return { markup, tag }
}

/** The text of a time follows from its instant and the clock, so it is left out. */
function tagOf(title: string, state: string, { markup }: Html): string {
  const stable = markup.replace(/(<(?:time|tspan) [^>]*>)[^<]*/g, '$1')
  return createHash('sha256').update(`${title}\n${state}\n${stable}`).digest('base64url').slice(0, 22)
}

/** A page may load its icon, run its own style and script, and ask this server. Everything else is forbidden. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${sourceHash(style)}`,
  `script-src ${sourceHash(script)}`,
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The header fields that go with every page. */
export const pageHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Referrer-Policy': 'no-referrer',
} as const

function sourceHash(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`
}
