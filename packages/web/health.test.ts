import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { ProtocolError, parseProblem } from '@ipupdater/protocol'
import { startTestServer } from './fixtures/server.ts'
import type { HealthOptions } from './health.ts'
import { healthRoutes } from './health.ts'

async function start(t: TestContext, options: HealthOptions) {
  const { server } = await startTestServer(t, healthRoutes(options))
  return async (path: string, method = 'GET') => {
    const answer = await fetch(server.url + path, { method })
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    return { status: answer.status, allow: answer.headers.get('allow'), body }
  }
}

const works = async () => {}
const fails = async () => {
  throw new ProtocolError('storage-unavailable', 'the volume is full', {
    cause: new Error('/data: disk full'),
  })
}

test('alive does not depend on the check', async t => {
  const ask = await start(t, { check: fails })
  assert.deepEqual(await ask('/healthz'), { status: 200, allow: null, body: { status: 'alive' } })
})

test('other paths are left to the app', async t => {
  const ask = await start(t, { check: works })
  assert.equal((await ask('/healthz/more')).status, 404)
})

test('ready says ready and nothing else', async t => {
  const ask = await start(t, { check: works })
  assert.deepEqual(await ask('/readyz'), { status: 200, allow: null, body: { status: 'ready' } })
})

test('a check that fails is answered as its problem; what is behind it is in the log only', async t => {
  const { server, lines } = await startTestServer(t, healthRoutes({ check: fails }))
  const answer = await fetch(`${server.url}/readyz`)
  const body = await answer.text()
  assert.equal(answer.status, 503)
  const { code, detail, extra } = parseProblem(body) ?? {}
  assert.deepEqual([code, detail], ['storage-unavailable', 'the volume is full'])
  assert.deepEqual(Object.keys(extra ?? {}), ['requestId'])
  assert.match(JSON.stringify(lines), /\/data: disk full/)
})

test('a failure that lasts is logged once, and again if it returns or becomes another', async t => {
  let now = 0
  let failure: string | null = 'the volume is full'
  const check = async () => {
    if (failure !== null) throw new ProtocolError('storage-unavailable', failure)
  }
  const routes = healthRoutes({ check, now: () => now })
  const { server, lines } = await startTestServer(t, routes, { level: 'info' })
  for (const state of ['full', 'full', 'full', 'damaged', null, 'damaged']) {
    failure = state && `the volume is ${state}`
    now += 1_000
    await (await fetch(`${server.url}/readyz`)).text()
  }
  assert.deepEqual(
    lines.filter(({ message }) => message === 'answered 503').map(({ detail }) => detail),
    ['the volume is full', 'the volume is damaged', 'the volume is damaged'],
  )
})

test('once the server is asked to stop, it is alive and not ready', async t => {
  const ask = await start(t, { check: works, stop: AbortSignal.abort() })
  assert.equal((await ask('/healthz')).status, 200)
  const { status, body } = await ask('/readyz')
  assert.equal(status, 503)
  assert.equal(body.code, 'stopping')
})

test('however many ask, the check runs once a second', async t => {
  let now = 0
  let runs = 0
  const check = async () => {
    runs += 1
  }
  const ask = await start(t, { check, now: () => now })
  await Promise.all([ask('/readyz'), ask('/readyz'), ask('/readyz')])
  now = 999
  await ask('/readyz')
  assert.equal(runs, 1)
  now = 1_000
  await ask('/readyz')
  assert.equal(runs, 2)
})

test('HEAD is served, other methods are refused with Allow', async t => {
  const ask = await start(t, { check: works })
  assert.equal((await ask('/readyz', 'HEAD')).status, 200)
  assert.deepEqual(await ask('/healthz', 'POST').then(({ status, allow }) => [status, allow]), [
    405,
    'GET, HEAD',
  ])
})
