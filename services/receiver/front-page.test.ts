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
    assert.match(String(answer.headers['content-security-policy']), /^default-src 'none'/)
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
