import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { silentLog } from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import { createApp, listen } from '@ipupdater/web'
import { createMetrics, MAX_DEVICES_SHOWN } from './metrics.ts'

type Devices = Awaited<ReturnType<Reader['devices']>>

const now = 1_763_827_200_000

/** Metrics of devices with these times of their last update, served over HTTP. */
async function start(t: TestContext, lastSeen: Record<string, number> = {}) {
  const limits: unknown[] = []
  const devices = Object.entries(lastSeen).map(([name, time]) => ({
    device: parseDeviceName(name),
    lastSeen: time,
  }))
  const metrics = createMetrics({
    devices: async query => {
      limits.push(query?.limit)
      return { devices, next: null } as unknown as Devices
    },
    now: () => now,
  })
  const app = createApp({ log: silentLog }).use((ctx, next) => metrics.route(ctx, next))
  const server = await listen(app, { host: '127.0.0.1', port: 0, log: silentLog })
  t.after(() => server[Symbol.asyncDispose]())
  const scrape = async () => {
    const answer = await fetch(`${server.url}/metrics`)
    const lines = (await answer.text()).split('\n').filter(line => line.startsWith('ipupdater_'))
    return { type: answer.headers.get('content-type'), lines }
  }
  return { metrics, scrape, limits, url: server.url }
}

test('the counters begin at zero, so that a rate is known from the first event on', async t => {
  const { scrape } = await start(t)
  const { type, lines } = await scrape()
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8')
  assert.deepEqual(
    lines.filter(line => line.includes('_total')),
    [
      'ipupdater_updates_total{result="new"} 0',
      'ipupdater_updates_total{result="refreshed"} 0',
      'ipupdater_refusals_total{code="source-masked"} 0',
      'ipupdater_refusals_total{code="not-authenticated"} 0',
    ],
  )
})

test('accepted and refused requests are counted by result and by code', async t => {
  const { metrics, scrape } = await start(t)
  for (const result of ['new', 'refreshed', 'refreshed'] as const) metrics.accepted(result)
  metrics.refused('stale')
  const { lines } = await scrape()
  for (const line of [
    'ipupdater_updates_total{result="new"} 1',
    'ipupdater_updates_total{result="refreshed"} 2',
    'ipupdater_refusals_total{code="stale"} 1',
  ])
    assert.ok(lines.includes(line), line)
})

test('a commit is counted with its duration and with the updates that shared it', async t => {
  const { metrics, scrape } = await start(t)
  metrics.committed({ updates: 3, seconds: 0.004 })
  const { lines } = await scrape()
  const bounds = (name: string) =>
    lines.flatMap(line => {
      const [, bound, count] = line.match(new RegExp(`^${name}_bucket{le="(.+)"} (\\d+)$`)) ?? []
      return bound === undefined ? [] : [[bound, Number(count)]]
    })
  assert.deepEqual(bounds('ipupdater_commit_seconds'), [
    ['0.0005', 0],
    ['0.001', 0],
    ['0.0025', 0],
    ['0.005', 1],
    ['0.01', 1],
    ['0.025', 1],
    ['0.05', 1],
    ['0.1', 1],
    ['0.25', 1],
    ['1', 1],
    ['5', 1],
    ['+Inf', 1],
  ])
  assert.deepEqual(bounds('ipupdater_commit_updates'), [
    ['1', 0],
    ['2', 0],
    ['4', 1],
    ['8', 1],
    ['16', 1],
    ['32', 1],
    ['64', 1],
    ['128', 1],
    ['256', 1],
    ['512', 1],
    ['+Inf', 1],
  ])
})

test('each device has an age in seconds, and a deleted one has none any more', async t => {
  const lastSeen: Record<string, number> = { home: now - 90_000, cabin: now }
  const { scrape, limits } = await start(t, lastSeen)
  const { lines } = await scrape()
  assert.deepEqual(
    lines.filter(line => line.startsWith('ipupdater_device_age_seconds')),
    ['ipupdater_device_age_seconds{device="home"} 90', 'ipupdater_device_age_seconds{device="cabin"} 0'],
  )
  assert.deepEqual(limits, [MAX_DEVICES_SHOWN])
})

test('the process is measured, too; other paths and methods are not served', async t => {
  const { url } = await start(t)
  assert.match(await (await fetch(`${url}/metrics`)).text(), /^process_cpu_seconds_total /m)
  assert.equal((await fetch(`${url}/update`)).status, 404)
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 404)
})
