import { createHash } from 'node:crypto'
import type { Html } from './html.ts'
import { html, raw } from './html.ts'
import { style } from './style.ts'

export interface Page {
  readonly title: string
  /** The way to the root, relative: "./" or "../". */
  readonly root: string
  readonly main: Html
  readonly footer?: Html
  /** Ask again after so many seconds: for pages that show a state which passes by itself. */
  readonly refreshSeconds?: number
}

/** The frame of every page. All its links are relative, so it works under any path that a proxy gives it. */
export function pageDocument({ title, root, main, footer, refreshSeconds }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${refreshSeconds}">\n`}<title>${title} · ipupdater</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<header><a href="${root}" class="brand">ipupdater</a><nav><a href="${root}">Addresses</a> <a href="${root}history">History</a></nav></header>
<main>
${main}
</main>
${footer !== undefined && html`<footer>\n${footer}\n</footer>\n`}</body>
</html>
`.markup
}

/** What a page may load: its own style and the empty icon; nothing else, from nowhere. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
