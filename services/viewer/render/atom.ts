import { familyName } from '@ipupdater/protocol'
import type { HistoryEntry } from '@ipupdater/storage'
import { html } from './frame/html.ts'
import type { View } from './view.ts'
import { duration } from './words.ts'

/**
 * RFC 4287: an entry for each tenure and outage. Its id says what it is, so a reader of feeds shows it once; an
 * outage that ends is the same entry with a later `updated`.
 */
export function historyAtom(device: string | null, entries: readonly HistoryEntry[], view: View): string {
  const title = device === null ? 'ipupdater' : `ipupdater: ${device}`
  const updated = Math.max(0, ...entries.map(entry => updatedAt(entry, view.now)))
  return `<?xml version="1.0" encoding="utf-8"?>\n${
    html`<feed xmlns="http://www.w3.org/2005/Atom">
<title>${title}</title>
<id>urn:ipupdater:history:${device ?? 'all'}</id>
<updated>${iso(updated)}</updated>
<author><name>ipupdater</name></author>
<link rel="self" href="${view.formatLink('atom')}"/>
<link rel="alternate" type="text/html" href="${view.link({ format: null })}"/>
${view.next !== null && html`<link rel="next" href="${view.next}"/>\n`}${entries.map(entry => entryElement(entry, view))}</feed>
`.markup
  }`
}

function entryElement(entry: HistoryEntry, view: View) {
  const [title, text] = entryText(entry, view)
  return html`<entry>
<id>${entryId(entry)}</id>
<title>${title}</title>
<published>${iso(entry.kind === 'outage' ? entry.from : entry.firstSeen)}</published>
<updated>${iso(updatedAt(entry, view.now))}</updated>
<link rel="alternate" type="text/html" href="${view.root}getip/${entry.device}"/>
<content type="text">${text}</content>
</entry>
`
}

function entryText(entry: HistoryEntry, { time }: View): [title: string, text: string] {
  const { device } = entry
  if (entry.kind === 'outage') {
    const { from, to } = entry
    if (to === null) return [`${device} is silent`, `No report since ${time.minute(from)}.`]
    return [
      `${device} was silent for ${duration(to - from)}`,
      `No report from ${time.minute(from)} to ${time.minute(to)}.`,
    ]
  }
  const { address, family, firstSeen, lastSeen } = entry
  return [
    `${device}: ${address}`,
    `${familyName(family)} address, first seen ${time.minute(firstSeen)}, last seen ${time.minute(lastSeen)}.`,
  ]
}

function entryId(entry: HistoryEntry): string {
  return entry.kind === 'outage'
    ? `urn:ipupdater:outage:${entry.device}:${entry.from}`
    : `urn:ipupdater:tenure:${entry.device}:${entry.family}:${entry.firstSeen}`
}

/** When something about the entry changed that a person wants to know: not each confirmation. */
function updatedAt(entry: HistoryEntry, now: number): number {
  if (entry.kind === 'outage') return Math.min(entry.to ?? entry.from, now)
  return entry.firstSeen
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
