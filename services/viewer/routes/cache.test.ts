import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { silentLog } from '@ipupdater/runtime'
import { createApp, listen } from '@ipupdater/web'
import type { Middleware } from 'koa'
import { cache, createAnswers } from './cache.ts'

/** The cache in front of a route that counts its requests. `version` and `now` may be changed. */
async function startCache(
  t: TestContext,
  { maxBytes = 1_000_000, route }: { maxBytes?: number; route?: Middleware } = {},
) {
  const state = { version: '1', now: 0, made: [] as string[] }
  const app = createApp({ log: silentLog })
  app.use(cache(createAnswers({ version: async () => state.version, now: () => state.now, maxBytes })))
  app.use(async (ctx, next) => {
    state.made.push(ctx.path)
    ctx.set('Cache-Control', 'no-cache')
    ctx.etag = ctx.path.slice(1)
    ctx.body = `${ctx.path} ${'x'.repeat(Number(ctx.query.size ?? 0))}`
    await route?.(ctx, next)
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0, log: silentLog })
  t.after(() => server[Symbol.asyncDispose]())
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(server.url + path, { headers: { 'cache-control': 'max-age=0', ...headers } })
    return { status: answer.status, headers: answer.headers, body: await answer.text() }
  }
  const post = async (path: string) => (await fetch(server.url + path, { method: 'POST' })).status
  return { state, get, post }
}

test('an answer is made once for a version and a minute', async t => {
  const { state, get } = await startCache(t)
  const first = await get('/a')
  assert.deepEqual(await get('/a').then(({ body }) => body), first.body)
  assert.deepEqual(state.made, ['/a'])
  state.version = '2'
  await get('/a')
  assert.equal(state.made.length, 2)
  state.now = 59_999
  await get('/a')
  assert.equal(state.made.length, 2)
  state.now = 60_000
  await get('/a')
  assert.equal(state.made.length, 3)
})

test('a kept answer has the header fields of the first one', async t => {
  const { get } = await startCache(t)
  await get('/a')
  const { headers } = await get('/a')
  assert.equal(headers.get('etag'), '"a"')
  assert.equal(headers.get('cache-control'), 'no-cache')
  assert.equal(headers.get('content-length'), '3')
})

test('Accept, a command line tool and the query have answers of their own; browsers share theirs', async t => {
  const { state, get } = await startCache(t)
  await get('/a')
  await get('/a?x=1')
  await get('/a', { accept: 'text/csv' })
  await get('/a', { 'user-agent': 'curl/8' })
  assert.equal(state.made.length, 4)
  await get('/a', { 'user-agent': 'Mozilla/5.0' })
  assert.equal(state.made.length, 4)
})

test('concurrent requests share one answer', async t => {
  const gate = Promise.withResolvers<void>()
  const { state, get } = await startCache(t, { route: () => gate.promise })
  const answers = [get('/a'), get('/a'), get('/b')]
  while (state.made.length < 2) await new Promise(resolve => setImmediate(resolve))
  gate.resolve()
  const bodies = await Promise.all(answers.map(async answer => (await answer).body))
  assert.deepEqual(bodies, ['/a ', '/a ', '/b '])
  assert.deepEqual(state.made, ['/a', '/b'])
})

test('a client that has the answer gets 304 with its header fields; `*` counts as having it', async t => {
  const { get } = await startCache(t)
  for (const tag of ['"a"', 'W/"a"', '"x", "a"', '*']) {
    const { status, headers, body } = await get('/a', { 'if-none-match': tag })
    assert.deepEqual([status, body, headers.get('etag')], [304, '', '"a"'], tag)
  }
  assert.equal((await get('/a', { 'if-none-match': '"b"' })).status, 200)
  assert.equal((await get('/a', { 'if-none-match': '"a"', 'cache-control': 'no-cache' })).status, 200)
})

test('the least recently used answer is dropped when the bytes are used up', async t => {
  const { state, get } = await startCache(t, { maxBytes: 4_000 })
  await get('/a?size=300')
  await get('/b?size=300')
  await get('/a?size=300')
  await get('/c?size=300') // drops b
  await get('/a?size=300')
  await get('/b?size=300')
  assert.deepEqual(state.made, ['/a', '/b', '/c', '/b'])
})

test('an answer larger than the cache is sent and not kept', async t => {
  const { state, get } = await startCache(t, { maxBytes: 4_000 })
  assert.equal((await get('/a?size=5000')).body.length, 5_003)
  await get('/a?size=5000')
  assert.deepEqual(state.made, ['/a', '/a'])
})

test('an answer that is dropped while it is being made is still sent', async t => {
  const gate = Promise.withResolvers<void>()
  const route: Middleware = ctx => (ctx.path === '/slow' ? gate.promise : undefined)
  const { state, get } = await startCache(t, { maxBytes: 3_000, route })
  const slow = get('/slow')
  while (state.made.length < 1) await new Promise(resolve => setImmediate(resolve))
  for (const path of ['/a', '/b', '/c', '/d']) await get(path)
  gate.resolve()
  assert.equal((await slow).body, '/slow ')
})

test('an error reaches everyone who waits, and the next request tries again', async t => {
  let isBroken = true
  const { state, get } = await startCache(t, {
    route: ctx => {
      if (isBroken) ctx.throw(418)
    },
  })
  const statuses = await Promise.all([get('/a'), get('/a')].map(async answer => (await answer).status))
  assert.deepEqual(statuses, [400, 400])
  isBroken = false
  assert.equal((await get('/a')).status, 200)
  assert.ok(state.made.length <= 3)
})

test('the cache neither answers nor keeps other methods', async t => {
  const { state, get, post } = await startCache(t)
  await get('/a')
  assert.equal(await post('/a'), 200)
  assert.equal(await post('/a'), 200)
  assert.deepEqual(state.made, ['/a', '/a', '/a'])
})
