import type { Context, Next } from 'koa'
import type { Metrics } from './metrics.ts'

/** `GET /metrics`, on a port of its own: it names the devices, so it is not for everyone. */
export function metricsRoute(metrics: Metrics): (ctx: Context, next: Next) => Promise<void> {
  return async (ctx, next) => {
    if (ctx.path !== '/metrics' || ctx.method !== 'GET') return next()
    ctx.body = await metrics.text()
    ctx.set('Content-Type', metrics.contentType)
  }
}
