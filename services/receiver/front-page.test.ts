import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startReceiver } from './fixtures/receiver.ts'

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const sentence = /This is the receiver\. The page is the viewer's, port 8081\./

for (const [path, status] of [
  ['/', 200],
  ['/history', 404],
  ['/update', 404],
] as const) {
  test(`a browser at ${path} reads one sentence, as a page that loads nothing`, async t => {
    const receiver = await startReceiver(t)
    const answer = await receiver.send(path, { headers: browser, body: '' }, { method: 'GET', direct: true })
    assert.equal(answer.status, status)
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
    const { 'content-security-policy': policy, 'cache-control': caching, ...headers } = answer.headers
    assert.equal(policy, "default-src 'none'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
    assert.deepEqual(
      [caching, headers['x-content-type-options'], headers['x-robots-tag']],
      ['no-store', 'nosniff', 'noindex'],
    )
    assert.equal(answer.headers.vary, 'Accept')
    assert.match(String(answer.body), sentence)
  })
}

test('curl at / reads the same sentence as text', async t => {
  const receiver = await startReceiver(t)
  const get = { method: 'GET', direct: true }
  const answer = await receiver.send('/', { headers: { accept: '*/*' }, body: '' }, get)
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  assert.match(String(answer.body), sentence)
})

test('a program on another path still gets the problem not-found', async t => {
  const receiver = await startReceiver(t)
  const get = { method: 'GET', direct: true }
  const answer = await receiver.send('/getip', { headers: { accept: 'application/json' }, body: '' }, get)
  assert.equal(JSON.parse(String(answer.body)).code, 'not-found')
})

test('a browser that sends something gets the problem, and one that asks for the head gets it', async t => {
  const receiver = await startReceiver(t)
  const send = (path: string, method: string) =>
    receiver.send(path, { headers: browser, body: '' }, { method, direct: true })
  assert.equal(JSON.parse(String((await send('/', 'POST')).body)).code, 'not-found')
  const head = await send('/', 'HEAD')
  assert.deepEqual([head.status, head.headers['content-type']], [200, 'text/html; charset=utf-8'])
})
