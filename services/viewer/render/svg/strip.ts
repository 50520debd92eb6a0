import type { Day, DayState } from '../../device/strip.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'

const CELL = 4
const HEIGHT = 30

/** The shape of a cell, so that its state does not depend on its colour: `h` and `v` draw relative to the cell. */
const SHAPES: Record<DayState, (x: number) => string> = {
  reported: x => bar(x, 6, 18),
  partly: x => bar(x, 0, 10) + bar(x, 14, 10),
  silent: x => bar(x, 0, 24),
  unknown: x => bar(x, 21, 3),
}

/** One cell for each day, and a mark below those with a change of address. Its meaning is in the words next to it. */
export function stripSvg(days: readonly Day[]): Html {
  const states = Object.keys(SHAPES) as DayState[]
  const paths = states.map(state => path(state, days, day => day.state === state, SHAPES[state]))
  const marks = path(
    'change',
    days,
    day => day.changes > 0,
    x => bar(x, 27, 3),
  )
  return html`<svg class="strip" viewBox="0 0 ${days.length * CELL - 1} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${paths}${marks}</svg>`
}

/** What the cells and marks mean. */
export function stripLegend(): Html {
  const samples = (['reported', 'partly', 'silent', 'unknown'] as const).map(
    state =>
      html`<span><svg class="sample" viewBox="0 0 3 24" preserveAspectRatio="none" aria-hidden="true"><path class="${state}" d="${SHAPES[state](0)}"/></svg> ${LABELS[state]}</span> `,
  )
  return html`<p class="legend">One cell is a day: ${samples}<span><svg class="sample" viewBox="0 0 3 24" preserveAspectRatio="none" aria-hidden="true"><path class="change" d="${bar(0, 10, 3)}"/></svg> new address</span></p>`
}

const LABELS: Record<DayState, string> = {
  reported: 'reported',
  partly: 'partly',
  silent: 'silent',
  unknown: 'unknown',
}

function path(
  name: string,
  days: readonly Day[],
  isMeant: (day: Day) => boolean,
  shape: (x: number) => string,
): Html {
  const shapes = days.map((day, i) => (isMeant(day) ? shape(i * CELL) : '')).join('')
  return html`${shapes !== '' && html`<path class="${name}" d="${shapes}"/>`}`
}

function bar(x: number, y: number, height: number): string {
  return `M${x} ${y}h3v${height}h-3z`
}
