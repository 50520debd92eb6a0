import escapeHtml from 'escape-html'

/** The only way in which the viewer writes HTML: every value is escaped unless it is `Html` itself. */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  let markup = strings[0] ?? ''
  for (const [i, hole] of holes.entries()) markup += fill(hole) + (strings[i + 1] ?? '')
  return new Html(markup)
}

/** For text of our own that must not be escaped: style sheet and script. */
export function raw(ours: string): Html {
  return new Html(ours)
}

/** Markup that is safe to send. A class, so that no plain object can pass for it. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

type Hole = Html | string | number | false | null | undefined | readonly Hole[]

function fill(hole: Hole): string {
  if (hole instanceof Html) return hole.markup
  if (Array.isArray(hole)) return hole.map(fill).join('')
  // Nothing, so that a template can say `condition && html`…``.
  if (hole === false || hole === null || hole === undefined) return ''
  return escapeHtml(String(hole).replace(control, '\ufffd'))
}

/** Control and format characters move cursors and reverse text. */
const control = /[^\n\t\P{C}]/gu
