import type { Family } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import type { CurrentAddress } from '@ipupdater/storage'
import { isLate } from '@ipupdater/storage'
import { age } from '../age.ts'
import type { Format } from '../format.ts'
import { FORMATS } from '../format.ts'
import { statesOf } from '../state.ts'
import type { View } from '../view.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'

/** An instant by the clocks of the zone; a program (or a pointer resting on it) finds the exact one. */
export function instantPart(instant: number, { time }: View): Html {
  return html`<time datetime="${new Date(instant).toISOString()}" title="${time.iso(instant)}">${time.minute(instant)}</time>`
}

export function agedPart(instant: number, view: View): Html {
  return html`${instantPart(instant, view)} <span class="soft">${age(view.now - instant)}</span>`
}

export function addressPart(address: string, family: Family): Html {
  // A long one breaks between its groups; <wbr> adds nothing to what is copied.
  const groups = address.split(':').map((group, i) => (i === 0 ? html`${group}` : html`:<wbr>${group}`))
  return html`<span class="address">${groups}</span> <small>${familyName(family)}</small>`
}

/** Nothing is said where nothing is known: no reports are promised, or they come in the other family only. */
export function stateTags(current: CurrentAddress, { now }: View): Html {
  const states = statesOf(current, now)
  if (states.length > 0)
    return html`${states.map(state => html`<span class="tag ${state}">${state}</span> `)}`
  const isConfirmed = current.interval !== null && !isLate(current.lastSeen, current.interval, now)
  return html`${isConfirmed && html`<span class="tag">on time</span>`}`
}

export function nextPart({ next }: View, label: string): Html {
  return html`${next !== null && html`<p class="older"><a href="${next}" rel="next">${label}</a></p>`}`
}

/** The zone of the times, and the same content for programs. */
export function footerPart(view: View, formats: readonly Format[]): Html {
  const links = formats.map(
    (format, i) => html`${i > 0 && ', '}<a href="${view.formatLink(format)}">${FORMATS[format].label}</a>`,
  )
  return html`<p>Times in ${view.time.timeZone}. This page as ${links}.</p>`
}
