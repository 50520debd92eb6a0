import type { State } from '../../device/state.ts'
import { html } from '../frame/html.ts'

/** The icon of a browser tab. Shape and colour follow the worst state. */
export function iconSvg(state: State): string {
  const { colour, path } = ICONS[state]
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${colour}"/><path fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" d="${path}"/></svg>
`.markup
}

const exclamation = 'M16 7v11M16 24.5v.5'
const check = 'M8 17l5.5 6L24 10'

const ICONS: Readonly<Record<State, { colour: string; path: string }>> = {
  'up-to-date': { colour: '#24744a', path: check },
  'by-hand': { colour: '#5d646d', path: check },
  contested: { colour: '#8f2b6e', path: 'M8 12h16l-5-5M24 20H8l5 5' },
  late: { colour: '#a84d00', path: exclamation },
  silent: { colour: '#b02128', path: exclamation },
}
