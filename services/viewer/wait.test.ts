import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { openStore, sqliteFile } from '@ipupdater/storage'
import { commit, minute, noonish, report, startViewer } from './fixtures/viewer.ts'

const browser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0' }

/** A viewer that waits a second at most and looks every 10 ms, over a home with one report. */
async function startWaiting(t: TestContext, times: { longestMs?: number; everyMs?: number } = {}) {
  const viewer = await startViewer(t, { waiting: { longestMs: 1_000, everyMs: 10, changesMs: 10, ...times } })
  await report(viewer.dir, { address: '203.0.113.7', at: noonish - 2 * minute })
  const wait = (page: string, etag: string | null, headers: Record<string, string> = {}) =>
    viewer.get(`/wait?page=${encodeURIComponent(page)}`, {
      ...headers,
      ...(etag === null ? {} : { 'if-none-match': etag }),
    })
  const etagOf = async (path: string, headers?: Record<string, string>) =>
    (await viewer.get(path, headers)).headers.get('etag')
  return { viewer, wait, etagOf }
}

test('without an ETag the page is answered at once, as the page itself', async t => {
  const { viewer, wait } = await startWaiting(t)
  const answer = await wait('getip/home', null)
  assert.equal(await answer.text(), '203.0.113.7\n')
  assert.equal(answer.headers.get('etag'), (await viewer.get('/getip/home')).headers.get('etag'))
  assert.equal(answer.headers.get('cache-control'), 'no-store')
})

test('with the ETag of the present content the answer comes when the content differs', async t => {
  const { viewer, wait, etagOf } = await startWaiting(t, { longestMs: 20_000 })
  const waiting = wait('getip/home', await etagOf('/getip/home'))
  await report(viewer.dir, { address: '203.0.113.8', at: noonish - minute })
  const answer = await waiting
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), '203.0.113.8\n')
})

test('a change elsewhere is no change of this page', async t => {
  const { viewer, wait, etagOf } = await startWaiting(t)
  const waiting = wait('getip/home', await etagOf('/getip/home'))
  await report(viewer.dir, { device: 'cabin', address: '203.0.113.8', at: noonish - minute })
  const answer = await waiting
  assert.equal(answer.status, 304)
  assert.equal(answer.headers.get('etag'), await etagOf('/getip/home'))
})

test('the passing of a minute changes the ages of a page, not its content', async t => {
  const { viewer, wait, etagOf } = await startWaiting(t)
  const etag = await etagOf('/', browser)
  viewer.now += minute
  assert.notEqual(await etagOf('/', browser), etag)
  assert.equal((await wait('', etag, browser)).status, 304)
})

test('a device that becomes late ends the waiting, without new data', async t => {
  const { viewer, wait, etagOf } = await startWaiting(t, { longestMs: 20_000 })
  const waiting = wait('', await etagOf('/', browser), browser)
  viewer.now += 10 * minute
  const answer = await waiting
  assert.equal(answer.status, 200)
  assert.match(await answer.text(), /<h1>home needs a look<\/h1>/)
})

test('a page that comes by waiting has the links of the page itself', async t => {
  const { viewer, wait } = await startWaiting(t)
  const page = await (await wait('getip/home?days=30', null, browser)).text()
  assert.equal(page, await viewer.text('/getip/home?days=30', browser))
})

test('those who wait for a page get the same answer, however fast reports come', async t => {
  const { viewer, wait, etagOf } = await startWaiting(t, { longestMs: 20_000, everyMs: 300 })
  const etag = await etagOf('/getip')
  const store = await openStore({ sqlite: sqliteFile(viewer.dir) })
  let at = noonish - minute
  let isReporting = true
  const reporting = (async () => {
    while (isReporting) await commit(store, { address: '203.0.113.7', at: ++at })
    await store[Symbol.asyncDispose]()
  })()
  const first = await Promise.all(Array.from({ length: 50 }, () => wait('getip', etag)))
  const tags = new Set(first.map(({ headers }) => headers.get('etag')))
  isReporting = false
  await reporting
  assert.equal(tags.size, 1)
})

test('an error ends the waiting, with the error of the page', async t => {
  const { wait } = await startWaiting(t)
  assert.equal((await wait('getip/nobody', null)).status, 404)
  assert.equal((await wait('wait?page=', null)).status, 404)
  assert.equal((await wait('getip?form=1', null)).status, 400)
})

test('a page has to be named', async t => {
  const { viewer } = await startWaiting(t)
  assert.match(await viewer.text('/wait'), /Give one "page"\. Example: \/wait\?page=getip\/home/)
})

test('a stop ends the waiting at once', async t => {
  const { viewer, wait, etagOf } = await startWaiting(t, { longestMs: 600_000, everyMs: 600_000 })
  const etag = await etagOf('/getip/home')
  const waiting = [wait('getip/home', etag), wait('getip/home', etag)]
  await viewer.get('/healthz')
  viewer.stop()
  for (const answer of await Promise.all(waiting)) {
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /The viewer is stopping\./)
  }
})
