import type { Family } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import type { Format } from '../format.ts'
import { FORMATS } from '../format.ts'
import type { Html } from '../frame/html.ts'
import { html, raw } from '../frame/html.ts'
import type { View } from '../view.ts'
import { ago, duration } from '../words.ts'

/** How a time is written; the script of the page writes it in the same way for the zone and language of the reader. */
export type TimeKind = 'clock' | 'minute' | 'second'

export function timePart(kind: TimeKind, at: number, { time }: View): Html {
  return timeElement(kind, at, time[kind](at))
}

/** `20 Oct`, or `20 Oct 2025` in another year. */
export function dayPart(at: number, { time, now }: View): Html {
  const text = time.day(at, now)
  return timeElement(/ \d{4}$/.test(text) ? 'date' : 'day', at, text)
}

/** Under a drawing and its figures, if they leave the older part out. */
export function cutOffPart(since: number | null, view: View): Html {
  return html`${since !== null && html` There is too much to draw: this is the time since ${dayPart(since, view)}.`}`
}

/** `1 minute ago` */
export function agoPart(at: number, { now }: View): Html {
  return timeElement('ago', at, ago(now - at))
}

/** `73 minutes`: how long ago it began. */
export function forPart(since: number, { now }: View): Html {
  return timeElement('for', since, duration(now - since))
}

/** A clock time if it is near, otherwise with its date. */
export function nearPart(at: number, view: View): Html {
  return timePart(Math.abs(at - view.now) < 12 * 3_600_000 ? 'clock' : 'minute', at, view)
}

function timeElement(kind: string, at: number, text: string): Html {
  return html`<time class="${kind}" datetime="${new Date(at).toISOString()}">${text}</time>`
}

/** The address with its Copy button, which is shown if scripts run. */
export function addressPart(address: string): Html {
  return html`<div class="address"><code${address.length > 20 && raw(' class="long"')}>${breakable(address)}</code><button type="button" value="${address}">Copy<span class="hidden"> ${address}</span></button></div>`
}

/** A long address breaks between its groups. <wbr> adds nothing to what is copied. */
export function breakable(address: string): Html {
  return html`${address.split(':').map((group, i) => (i === 0 ? html`${group}` : html`:<wbr>${group}`))}`
}

export function familyPart(family: Family): Html {
  return html`<span class="soft">${familyName(family)}</span>`
}

/** How old the page is, the zone of its times, and the same content for programs. */
export function footerPart(view: View, formats: readonly Format[], formatLink = view.formatLink): Html {
  const links = formats.map(format => html` <a href="${formatLink(format)}">${FORMATS[format].label}</a>`)
  return html`<p>As of ${timePart('second', view.now, view)}, <span class="zone">${view.time.timeZone}</span>.</p>
<p class="formats">Also as${links}</p>`
}
