import { ProtocolError } from '@ipupdater/protocol'
import type { Reader } from '@ipupdater/storage'
import type { Middleware } from 'koa'
import { statesOf } from '../device/state.ts'
import { badgeJson, badgeSvg } from '../render/svg/badge.ts'
import { addressesOf, deviceNamed } from '../resources/device-named.ts'

/** `/badge/DEVICE.svg` and `.json`: the state of a device, without its address. */
export function badge({ reader, now }: { reader: Reader; now: () => number }): Middleware {
  return async ctx => {
    const [, name, type] = /^(.*)\.(svg|json)$/.exec(String(ctx.params.name)) ?? []
    if (type === undefined)
      throw new ProtocolError('not-found', 'A badge is /badge/DEVICE.svg or /badge/DEVICE.json.')
    const device = deviceNamed(name)
    const [state] = statesOf(await addressesOf(reader, device), now())
    ctx.set('Cache-Control', 'max-age=60')
    ctx.type = type === 'svg' ? 'image/svg+xml' : 'application/json'
    ctx.body = type === 'svg' ? badgeSvg(device, state) : badgeJson(device, state)
  }
}
