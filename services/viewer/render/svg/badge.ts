import type { State } from '../../device/state.ts'
import { html } from '../frame/html.ts'
import { STATE_WORDS } from '../state-words.ts'

/** Device and state, and nothing else: a badge may be public where the addresses are not. */
export function badgeSvg(device: string, state: State): string {
  const words = STATE_WORDS[state].short
  const [left, right] = [widthOf(device), widthOf(words)]
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${device}: ${words}"><title>${device}: ${words}</title><clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${COLOURS[state]}"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="${left / 2}" y="14" textLength="${left - 12}">${device}</text><text x="${left + right / 2}" y="14" textLength="${right - 12}">${words}</text></g></svg>
`.markup
}

/** As a Shields endpoint (https://shields.io/badges/endpoint-badge). */
export function badgeJson(device: string, state: State): string {
  return `${JSON.stringify({ schemaVersion: 1, label: device, message: STATE_WORDS[state].short, color: COLOURS[state] })}\n`
}

const COLOURS: Readonly<Record<State, string>> = {
  'up-to-date': '#24744a',
  'by-hand': '#5d646d',
  contested: '#8f2b6e',
  late: '#a84d00',
  silent: '#b02128',
}

/** Verdana at 11 px is about 7 px a character; textLength makes the text fit whatever font is there. */
function widthOf(text: string): number {
  return Math.round(text.length * 6.8) + 12
}
