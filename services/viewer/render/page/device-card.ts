import { familyName } from '@ipupdater/protocol'
import type { Figures } from '../../device/figures.ts'
import type { DeviceOverview } from '../../device/overview.ts'
import type { Day } from '../../device/strip.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import { stripSvg } from '../svg/strip.ts'
import type { View } from '../view.ts'
import { count, percent } from '../words.ts'
import { addressPart, cutOffPart, dayPart } from './parts.ts'
import { freshness, holding, stateTags } from './state.ts'

/** A device with its last 90 days. */
export interface DeviceCard extends DeviceOverview {
  readonly days: readonly Day[]
  readonly figures: Figures
}

export function deviceCard(card: DeviceCard, view: View): Html {
  const { device, state, addresses, days, figures } = card
  return html`<article class="card ${state}">
<header><h2><a href="${view.root}getip/${device}">${device}</a></h2>${stateTags(card, view)}</header>
${addresses.map(address => html`${addressPart(address.address)}<p class="soft">${familyName(address.family)} ${holding(address, view)}</p>\n`)}${freshness(card, view)}
${stripSvg(days)}
<p class="axis soft"><span>${dayPart(days[0]?.from ?? view.now, view)}</span><span>today</span></p>
<p class="soft">${figuresText(figures)}${figures.since !== null && '.'}${cutOffPart(figures.since, view)}</p>
</article>
`
}

/** `99.91 % covered by reports, 2 outages, 27 address changes` */
export function figuresText({ reported, outages, changes }: Figures): string {
  const changesText = count(changes, 'address change')
  if (reported === null) return changesText
  return `${percent(reported)} covered by reports, ${count(outages, 'outage')}, ${changesText}`
}
