import { familyName } from '@ipupdater/protocol'
import type { Bar, FamilyTimeline, Gap, Timeline } from '../../device/timeline.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import type { View } from '../view.ts'
import { count, duration } from '../words.ts'

/**
 * A line for each family. Its bars show their details when a pointer rests on them or a finger taps them; the same
 * details are in the table of the history, so a bar is no stop for the keyboard.
 */
export function timelineSvg({ families, gaps }: Timeline, view: View): Html {
  return html`${families.map(family => familySvg(family, gaps, view))}`
}

function familySvg({ family, bars }: FamilyTimeline, gaps: readonly Gap[], view: View): Html {
  const name = familyName(family)
  const end = Math.max(...[...bars, ...gaps].map(({ x, width }) => x + width))
  const latest = gaps.find(({ x, width }) => x + width === end) ?? bars.at(-1)
  return html`<h3>${name}</h3>
<svg class="timeline" role="img" aria-label="${count(bars.length, 'bar')} of ${name} addresses, ${count(gaps.length, 'outage')}; the history below has them as a table">
${bars.map((bar, i) => barSvg(bar, i, bar === latest, view))}${gaps.map(gap => gapSvg(gap, gap === latest, view))}</svg>
`
}

function barSvg(bar: Bar, i: number, isLatest: boolean, view: View): Html {
  const { tenures } = bar
  const [{ address, firstSeen }] = tenures
  const lastSeen = Math.max(...tenures.map(tenure => tenure.lastSeen))
  const what = tenures.length === 1 ? address : `${tenures.length} addresses in turn`
  const [title, span] = [
    html`${what}, ${duration(lastSeen - firstSeen)}`,
    spanPart(firstSeen, lastSeen, view),
  ]
  return part(`bar ${i % 2 === 0 ? 'even' : 'odd'}`, bar, isLatest, title, span)
}

function gapSvg(gap: Gap, isLatest: boolean, view: View): Html {
  const { from, to, isOver } = gap
  const length = isOver ? html`${duration(to - from)}` : timePart('for', from, duration(view.now - from))
  const span = isOver ? spanPart(from, to, view) : html`since ${minutePart(from, view)}`
  return part('gap', gap, isLatest, html`No report for ${length}`, span)
}

/** The details of the latest part are shown as long as no other one is pointed at. */
function part(
  name: string,
  { x, width }: { x: number; width: number },
  isLatest: boolean,
  title: Html,
  span: Html,
): Html {
  return html`<g class="${name}${isLatest && ' latest'}" tabindex="-1"><rect x="${percent(x)}" y="2" width="${percent(width)}" height="26"/><text y="48">${title}</text><text y="68">${span}</text></g>
`
}

function spanPart(from: number, to: number, view: View): Html {
  return html`${minutePart(from, view)} – ${minutePart(to, view)}`
}

function minutePart(at: number, { time }: View): Html {
  return timePart('minute', at, time.minute(at))
}

/** The script writes it for the reader, as it does with a time element of HTML. */
function timePart(kind: string, at: number, text: string): Html {
  return html`<tspan class="${kind}" data-at="${new Date(at).toISOString()}">${text}</tspan>`
}

function percent(part: number): string {
  return `${Math.round(part * 10_000) / 100}%`
}
