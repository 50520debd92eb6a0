import { familyName } from '@ipupdater/protocol'
import type { Figures } from '../../device/figures.ts'
import type { DeviceOverview } from '../../device/overview.ts'
import type { Timeline } from '../../device/timeline.ts'
import type { Page } from '../frame/document.ts'
import { pageDocument } from '../frame/document.ts'
import type { Html } from '../frame/html.ts'
import { html } from '../frame/html.ts'
import { STATE_WORDS } from '../state-words.ts'
import { timelineSvg } from '../svg/timeline.ts'
import type { View } from '../view.ts'
import { count, duration, percent } from '../words.ts'
import { checkPart } from './check.ts'
import type { HistoryData } from './history.ts'
import { historyPart } from './history.ts'
import { addressPart, cutOffPart, dayPart, footerPart } from './parts.ts'
import { freshness, holding, stateTags } from './state.ts'

export interface DeviceData extends DeviceOverview {
  readonly period: Period
  readonly timeline: Timeline
  readonly figures: Figures
  /** The newest entries. */
  readonly history: HistoryData
}

/** What the timeline shows; `from` is the first instant. */
export interface Period {
  readonly name: PeriodName
  readonly from: number
}

export const PERIODS = {
  '30': { label: '30 days', days: 30 },
  '90': { label: '90 days', days: 90 },
  '365': { label: 'a year', days: 365 },
  all: { label: 'all', days: null },
} as const

export type PeriodName = keyof typeof PERIODS

/** One device: what it holds now, how fresh that is, its timeline, figures and history. */
export function devicePage(data: DeviceData, view: View): Page {
  const { device, state, states, addresses } = data
  const advice = states.map(state => STATE_WORDS[state].advice).filter(text => text !== null)
  return pageDocument(
    {
      title: `${device}: ${STATE_WORDS[state].short}`,
      section: 'devices',
      state,
      main: html`<h1>${device}</h1>
<div role="status">${stateTags(data, view)}</div>
${advice.map(text => html`<p>${text}</p>\n`)}<section class="now">
${addresses.map(current => html`${addressPart(current.address)}<p class="soft">${familyName(current.family)} ${holding(current, view)}, ${count(current.confirmations, 'report')}</p>\n`)}${freshness(data, view)}
</section>
${timelinePart(data, view)}
<section id="history"><h2>History</h2>
${historyPart(data.history, view, changed => historyLink(data, changed, view))}
</section>
${checkPart(addresses, view)}`,
      footer: footerPart(view, ['text', 'json'], format => view.link({ format, days: null })),
      refreshSeconds: 60,
    },
    view,
  )
}

function historyLink(
  { device }: DeviceData,
  changed: Readonly<Record<string, string | null>>,
  { root }: View,
): string {
  const given = Object.entries(changed).filter((pair): pair is [string, string] => pair[1] !== null)
  return `${root}history/${device}?${new URLSearchParams(given)}`
}

function timelinePart({ period, timeline, figures }: DeviceData, view: View): Html {
  const names = ['30', '90', '365', 'all'] as const
  const choices = names.map(
    name =>
      html`<a href="${view.link({ days: name })}"${name === period.name && html` aria-current="true"`}>${PERIODS[name].label}</a>`,
  )
  return html`<section><h2>Timeline</h2>
<nav class="choices" aria-label="Period of the timeline">${choices}</nav>
<div class="timelines">${timelineSvg(timeline, view)}</div>
<p class="axis soft"><span>${dayPart(period.from, view)}</span><span>now</span></p>
<dl class="figures">${figureList(figures).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${figures.since !== null && html`<p class="soft">${cutOffPart(figures.since, view)}</p>`}
</section>`
}

function figureList({
  reported,
  outages,
  longestOutageMs,
  changes,
  medianTenureMs,
}: Figures): [name: string, value: string][] {
  return [
    ['Covered by reports', reported === null ? 'unknown' : percent(reported)],
    ['Outages', outages === 0 ? '0' : `${outages}, the longest ${duration(longestOutageMs)}`],
    ['Address changes', String(changes)],
    ['An address lasts', medianTenureMs === null ? 'unknown' : `${duration(medianTenureMs)} (median)`],
  ]
}
