import type { DeviceOverview } from '../../device/overview.ts'
import type { State } from '../../device/state.ts'
import { unsignedNote } from '../evidence.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import { STATE_WORDS } from '../state-words.ts'
import type { View } from '../view.ts'
import { agoPart, dayPart, forPart, nearPart, timePart } from './parts.ts'

/** `No report for 73 minutes` */
export function stateLabel(state: State, { addresses: [{ reportedAt }] }: DeviceOverview, view: View): Html {
  const [before = '', after] = STATE_WORDS[state].label.split('{}')
  return html`${before}${after !== undefined && html`${forPart(reportedAt, view)}${after}`}`
}

/** All states of the device, the most urgent one first. */
export function stateTags(overview: DeviceOverview, view: View): Html {
  const tags = overview.states.map(
    state => html`<span class="state ${state}">${stateLabel(state, overview, view)}</span> `,
  )
  return html`<p class="states">${tags}</p>`
}

/** `Confirmed 1 minute ago, next report 17:46` */
export function freshness({ state, addresses: [{ reportedAt, dueAt }] }: DeviceOverview, view: View): Html {
  if (state === 'silent')
    return html`<p class="soft">Last confirmed ${timePart('minute', reportedAt, view)}</p>`
  const isDue = dueAt !== null && dueAt < view.now
  const due = dueAt !== null && html`, ${isDue ? 'report due since' : 'next report'} ${nearPart(dueAt, view)}`
  return html`<p class="soft">${isDue ? 'Last confirmed' : 'Confirmed'} ${agoPart(reportedAt, view)}${due}</p>`
}

/** `IPv4 since 21 Nov (4 days)` and, if only the other family was confirmed lately, when this one was. */
export function holding(address: DeviceOverview['addresses'][0], view: View): Html {
  const { firstSeen, lastSeen, reportedAt, interval } = address
  const note = unsignedNote(address)
  const isBehind = reportedAt - lastSeen > 1_500 * (interval ?? 0) + 60_000
  return html`since ${dayPart(firstSeen, view)} (${forPart(firstSeen, view)})${isBehind && html`, confirmed ${agoPart(lastSeen, view)}`}${note !== null && `, ${note}`}`
}
