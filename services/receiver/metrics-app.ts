import type { Log } from '@ipupdater/runtime'
import { createApp } from '@ipupdater/web'
import type Koa from 'koa'
import type { Metrics } from './metrics.ts'

/** `GET /metrics`, on a port of its own: it names the devices, so it is not for everyone. */
export function createMetricsApp(metrics: Metrics, log: Log): Koa {
  const app = createApp({ log })
  app.use(async (ctx, next) => {
    if (ctx.path !== '/metrics' || ctx.method !== 'GET') return next()
    ctx.body = await metrics.text()
    ctx.set('Content-Type', metrics.contentType)
  })
  return app
}
