import type { Reader } from '@ipupdater/storage'
import type { Context, Next } from 'koa'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counts } from './report/events.ts'

export interface Metrics extends Counts {
  /** Called by the store after each durable transaction. */
  committed(batch: { readonly updates: number; readonly seconds: number }): void
  /** `GET /metrics`. It names the devices, so it has a port of its own that need not be public. */
  route(ctx: Context, next: Next): Promise<void>
}

/** The most devices with an age of their own. More labels would overload Prometheus. */
export const MAX_DEVICES_SHOWN = 1000

export function createMetrics(o: { devices: Reader['devices']; now: () => number }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const updates = new Counter({
    name: 'ipupdater_updates_total',
    help: 'Updates accepted, by result.',
    labelNames: ['result'],
    registers,
  })
  const refusals = new Counter({
    name: 'ipupdater_refusals_total',
    help: 'Requests refused, by problem code; "source-masked": Docker hides the source.',
    labelNames: ['code'],
    registers,
  })
  const commitSeconds = new Histogram({
    name: 'ipupdater_commit_seconds',
    help: 'Time that a durable commit took.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  })
  const commitUpdates = new Histogram({
    name: 'ipupdater_commit_updates',
    help: 'Updates that shared a commit.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  })
  new Gauge({
    name: 'ipupdater_device_age_seconds',
    help: `Time since a device's last accepted update, for the first ${MAX_DEVICES_SHOWN} devices by name.`,
    labelNames: ['device'],
    registers,
    async collect() {
      this.reset()
      const { devices } = await o.devices({ limit: MAX_DEVICES_SHOWN })
      for (const { device, lastSeen } of devices) this.set({ device }, (o.now() - lastSeen) / 1000)
    },
  })

  // An alert on a rate needs the series before the first event.
  updates.inc({ result: 'new' }, 0)
  updates.inc({ result: 'refreshed' }, 0)
  refusals.inc({ code: 'source-masked' }, 0)
  refusals.inc({ code: 'not-authenticated' }, 0)

  return {
    accepted: result => updates.inc({ result }),
    refused: code => refusals.inc({ code }),
    committed(batch) {
      commitSeconds.observe(batch.seconds)
      commitUpdates.observe(batch.updates)
    },
    async route(ctx, next) {
      if (ctx.path !== '/metrics' || ctx.method !== 'GET') return next()
      ctx.body = await registry.metrics()
      ctx.set('Content-Type', registry.contentType)
    },
  }
}
