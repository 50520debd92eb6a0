import escapeHtml from 'escape-html'

/** The one way in which the viewer writes HTML: whatever is put in is escaped, unless it is `Html` itself. */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  let markup = strings[0] ?? ''
  for (const [i, hole] of holes.entries()) markup += fill(hole) + (strings[i + 1] ?? '')
  return new Html(markup)
}

/** For text of our own that is not HTML's to escape: the style sheet. */
export function raw(ours: string): Html {
  return new Html(ours)
}

/** Markup that is safe to send. A class, so that no plain object can be mistaken for it. */
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
  // Nothing to show: so that a template can say `condition && html`…``.
  if (hole === false || hole === null || hole === undefined) return ''
  return escapeHtml(String(hole))
}
