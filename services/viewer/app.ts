import type { Log } from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import { createApp, healthRoutes } from '@ipupdater/web'
import Router from '@koa/router'
import type Koa from 'koa'
import type { Middleware } from 'koa'
import { zonedTime } from './render/zoned-time.ts'
import { addresses } from './resources/addresses.ts'
import { checkedReader } from './resources/checked-reader.ts'
import { deviceAddress } from './resources/device-address.ts'
import { history } from './resources/history.ts'
import { allowedHosts } from './routes/allowed-hosts.ts'
import { cache } from './routes/cache.ts'
import { refusalOf } from './routes/refusals.ts'
import { show } from './routes/show.ts'
import { showProblems } from './routes/show-problems.ts'

export interface ViewerDeps {
  readonly reader: Reader
  readonly timeZone: string
  /** The host names under which it may be opened; empty: any. */
  readonly allowedHosts: readonly string[]
  readonly now: () => number
  readonly log: Log
  readonly stop: AbortSignal
}

/** The whole HTTP surface of the viewer. */
export function createViewer({ reader, timeZone, allowedHosts: hosts, now, log, stop }: ViewerDeps): Koa {
  const deps = { reader: checkedReader(reader), now, time: zonedTime(timeZone) }

  // Strict: the relative links of "/getip" would be wrong under "/getip/".
  const router = new Router({ strict: true, sensitive: true })
  router.get('/', show(addresses, deps))
  router.get('/getip', show(addresses, deps))
  router.get('/getip/:device', show(deviceAddress, deps))
  router.get('/history', show(history, deps))
  router.get('/history/:device', show(history, deps))

  const app = createApp({ log })
  app.use(neverSniff)
  app.use(healthRoutes({ check: () => assertReadable(reader), stop }))
  app.use(showProblems)
  app.use(allowedHosts(hosts))
  app.use(cache({ version: () => reader.version(), now, maxBytes: 32 * 1024 * 1024 }))
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

const neverSniff: Middleware = (ctx, next) => {
  ctx.set('X-Content-Type-Options', 'nosniff')
  return next()
}

async function assertReadable(reader: Reader): Promise<void> {
  try {
    await reader.check()
  } catch (error) {
    throw refusalOf(error)
  }
}
