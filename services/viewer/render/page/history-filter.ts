import type { Family } from '@ipupdater/protocol'
import type { HistoryEntry } from '@ipupdater/storage'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import type { View } from '../view.ts'

/** What the history is reduced to. */
export interface HistoryFilter {
  readonly from?: number
  readonly to?: number
  readonly family?: Family
  readonly kind?: HistoryEntry['kind']
}

/** A plain form, so it works without JavaScript. Empty fields are no filter. */
export function filterForm(
  { from, to, family, kind }: HistoryFilter,
  device: string | null,
  { time, root }: View,
): Html {
  const path = `${root}history${device === null ? '' : `/${device}`}`
  // A date field takes a date only. A time keeps its day.
  const date = (at: number | undefined) => at !== undefined && time.iso(at).slice(0, 10)
  return html`<form action="${path}" class="filter">
<label>From <input type="date" name="from" value="${date(from)}"></label>
<label>Before <input type="date" name="to" value="${date(to)}"></label>
${device !== null && html`<label>Family <select name="family">${options(families, family)}</select></label>\n`}<label>Show <select name="kind">${options(kinds, kind)}</select></label>
<button>Filter</button>
<p class="soft">Dates in ${time.timeZone}</p>
</form>`
}

const families = [
  ['', 'both'],
  ['4', 'IPv4'],
  ['6', 'IPv6'],
] as const

const kinds = [
  ['', 'all'],
  ['tenure', 'addresses'],
  ['outage', 'outages'],
] as const

function options(
  choices: readonly (readonly [value: string, label: string])[],
  chosen: string | number = '',
): Html {
  return html`${choices.map(
    ([value, label]) =>
      html`<option value="${value}"${value === String(chosen) && html` selected`}>${label}</option>`,
  )}`
}
