import { ProtocolError } from '@ipupdater/protocol'
import type { Middleware } from 'koa'
import { STATES } from '../device/state.ts'
import { iconSvg } from '../render/svg/icon.ts'

/** `/icon/STATE.svg`, and the icon that browsers ask for on their own. */
export const icon: Middleware = ctx => {
  const name = ctx.path === '/favicon.ico' ? 'up-to-date.svg' : String(ctx.params.name)
  const state = STATES.find(state => `${state}.svg` === name)
  if (state === undefined) throw new ProtocolError('not-found', `There is no icon of this name.`)
  ctx.set('Cache-Control', 'public, max-age=86400')
  ctx.type = 'image/svg+xml'
  ctx.body = iconSvg(state)
}
