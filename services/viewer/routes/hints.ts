import { ProtocolError } from '@ipupdater/protocol'
import type { Context, Middleware } from 'koa'

/** A path that nothing serves, but that is close to one that is served, or belongs to the receiver. */
export const hints: Middleware = (ctx, next) => {
  const hint = hintFor(ctx)
  if (hint !== null) throw new ProtocolError('not-found', hint)
  return next()
}

function hintFor({ method, path }: Context): string | null {
  if (method === 'POST' && /\/(ip|update)$/.test(path)) {
    return 'This is the viewer. Devices report to the receiver, usually at port 8080.'
  }
  const lower = path.replace(/(.)\/+$/, '$1').toLowerCase()
  return path !== lower && /^\/(getip|history)(\/[a-z0-9][a-z0-9-]*)?$/.test(lower)
    ? `Do you mean ${lower}?`
    : null
}
