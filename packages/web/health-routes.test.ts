import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { HealthOptions } from './health-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { startTestServer } from './test-server.ts'

async function start(t: TestContext, options: HealthOptions) {
  const { server } = await startTestServer(t, healthRoutes(options))
  return async (path: string, method = 'GET') => {
    const answer = await fetch(server.url + path, { method })
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    return { status: answer.status, allow: answer.headers.get('allow'), body }
  }
}

const failed = async () => {
  throw Object.assign(new Error('/data: disk full'), { code: 'full' })
}

test('alive says nothing of storage', async t => {
  const ask = await start(t, { checks: { storage: failed } })
  assert.deepEqual(await ask('/healthz'), { status: 200, allow: null, body: { status: 'alive' } })
})

test('ready names each check, and the facts that they tell', async t => {
  const ask = await start(t, { checks: { storage: async () => undefined, dataAgeSeconds: async () => 40 } })
  const { status, body } = await ask('/readyz')
  assert.equal(status, 200)
  assert.deepEqual(body, { status: 'ready', storage: 'ok', dataAgeSeconds: 40 })
})

test('a check that fails is 503 with its code and without its message', async t => {
  const ask = await start(t, { checks: { storage: failed, dataAgeSeconds: async () => 40 } })
  const { status, body } = await ask('/readyz')
  assert.equal(status, 503)
  assert.equal(body.code, 'storage-unavailable')
  assert.equal(body.storage, 'full')
  assert.equal(body.dataAgeSeconds, 40)
  assert.doesNotMatch(JSON.stringify(body), /\/data/)
})

test('why a check fails is for the log', async t => {
  const { server, lines } = await startTestServer(t, healthRoutes({ checks: { storage: failed } }))
  await fetch(`${server.url}/readyz`)
  const [line] = lines
  assert.equal(line?.code, 'storage-unavailable')
  assert.match(JSON.stringify(line), /\/data: disk full/)
})

test('once asked to stop, it is alive and not ready', async t => {
  const ask = await start(t, { checks: {}, stop: AbortSignal.abort() })
  assert.equal((await ask('/healthz')).status, 200)
  const { status, body } = await ask('/readyz')
  assert.equal(status, 503)
  assert.equal(body.code, 'stopping')
})

test('however many ask, the checks run once a second', async t => {
  let now = 0
  let runs = 0
  const count = async () => {
    runs += 1
    return undefined
  }
  const ask = await start(t, { checks: { storage: count }, now: () => now })
  await Promise.all([ask('/readyz'), ask('/readyz'), ask('/readyz')])
  now = 999
  await ask('/readyz')
  assert.equal(runs, 1)
  now = 1_000
  await ask('/readyz')
  assert.equal(runs, 2)
})

test('HEAD is served, other methods are refused with Allow', async t => {
  const ask = await start(t, { checks: {} })
  assert.equal((await ask('/readyz', 'HEAD')).status, 200)
  assert.deepEqual(await ask('/healthz', 'POST').then(({ status, allow }) => [status, allow]), [
    405,
    'GET, HEAD',
  ])
})
