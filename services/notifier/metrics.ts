import type { Context, Next } from 'koa'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { ChannelSummary } from './outbox/summary.ts'

export interface Metrics {
  /** After each try to send. */
  tried(channel: string, isDelivered: boolean): void
  /** `GET /metrics` */
  route(ctx: Context, next: Next): Promise<void>
}

export function createMetrics(o: {
  channels: () => Promise<readonly ChannelSummary[]>
  names: readonly string[]
  /** ms since the epoch */
  now: () => number
}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const sends = new Counter({
    name: 'ipupdater_notifier_sends_total',
    help: 'Tries to send a message, by channel and result.',
    labelNames: ['channel', 'result'],
    registers,
  })
  const failing = new Gauge({
    name: 'ipupdater_notifier_channel_failing_seconds',
    help: 'How long a channel has been failing; 0: it works.',
    labelNames: ['channel'],
    registers,
  })
  const stopped = new Gauge({
    name: 'ipupdater_notifier_channel_stopped',
    help: '1: the channel answered 410 and gets nothing more until a restart.',
    labelNames: ['channel'],
    registers,
  })
  const undelivered = new Gauge({
    name: 'ipupdater_notifier_messages',
    help: 'Messages that are not delivered: waiting, or given up.',
    labelNames: ['channel', 'state'],
    registers,
  })
  for (const channel of o.names) {
    for (const result of ['delivered', 'failed']) sends.inc({ channel, result }, 0)
  }

  return {
    tried: (channel, isDelivered) => sends.inc({ channel, result: isDelivered ? 'delivered' : 'failed' }),
    async route(ctx, next) {
      if (ctx.path !== '/metrics' || ctx.method !== 'GET') return next()
      for (const { name: channel, ...summary } of await o.channels()) {
        const { failingSince, stoppedAt, waiting, givenUp } = summary
        failing.set({ channel }, failingSince === null ? 0 : Math.max(0, o.now() - failingSince) / 1000)
        stopped.set({ channel }, stoppedAt === null ? 0 : 1)
        undelivered.set({ channel, state: 'waiting' }, waiting)
        undelivered.set({ channel, state: 'given-up' }, givenUp)
      }
      ctx.body = await registry.metrics()
      ctx.set('Content-Type', registry.contentType)
    },
  }
}
