import { familyName } from '@ipupdater/protocol'
import type { Tenure } from '../../device/activity.ts'
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
  return html`<h3>${name}</h3>
<svg class="timeline" role="img" aria-label="${count(bars.length, 'bar')} of ${name} addresses, ${count(gaps.length, 'outage')}; the history below has them as a table">
${bars.map((bar, i) => barSvg(bar, i, view))}${gaps.map(gap => gapSvg(gap, view))}</svg>
`
}

function barSvg(bar: Bar, i: number, view: View): Html {
  const [what, when] = barText(bar.tenures, view)
  return part(`bar ${i % 2 === 0 ? 'even' : 'odd'}`, bar, what, when)
}

function gapSvg(gap: Gap, view: View): Html {
  return part('gap', gap, 'No report', spanText(gap.from, gap.to, view))
}

function part(name: string, { x, width }: { x: number; width: number }, what: string, when: string): Html {
  return html`<g class="${name}" tabindex="-1"><rect x="${percent(x)}" y="2" width="${percent(width)}" height="26"/><text y="48">${what}</text><text y="68">${when}</text></g>
`
}

function barText(tenures: readonly [Tenure, ...Tenure[]], view: View): [what: string, when: string] {
  const [first] = tenures
  const end = Math.max(...tenures.map(({ lastSeen }) => lastSeen))
  const what = tenures.length === 1 ? first.address : `${tenures.length} addresses in turn`
  return [what, spanText(first.firstSeen, end, view)]
}

function spanText(from: number, to: number, { time }: View): string {
  return `${time.minute(from)} – ${time.minute(to)} (${duration(to - from)})`
}

function percent(part: number): string {
  return `${Math.round(part * 10_000) / 100}%`
}
