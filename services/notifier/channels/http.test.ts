import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { NOON } from '../fixtures/events.ts'
import { answering, startHttpServer } from '../fixtures/http-server.ts'
import { httpSender, parseRetryAfter } from './http.ts'

const now = () => NOON
const send = httpSender({ now })
const never = new AbortController().signal

test('only a 2xx answer counts as delivered', async () => {
  await using server = await startHttpServer()
  for (const [status, kind] of [
    [200, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [300, 'failed'],
    [404, 'failed'],
    [500, 'failed'],
  ] as const) {
    server.answer = answering(status)
    const outcome = await send({ method: 'POST', url: new URL(server.url), body: '{}' }, never)
    assert.equal(outcome.kind, kind, String(status))
  }
})

test('a redirect is not followed: the body and the token stay with the server that was set', async () => {
  await using elsewhere = await startHttpServer()
  await using server = await startHttpServer()
  server.answer = answering(307, { location: elsewhere.url })
  const outcome = await send({ method: 'POST', url: new URL(server.url), body: 'secret' }, never)
  assert.equal(outcome.kind, 'failed')
  assert.match(outcome.kind === 'failed' ? outcome.reason : '', /redirects are not followed/)
  assert.deepEqual(elsewhere.received, [])
})

test('Retry-After is read as seconds and as a date; 410 is recognized', async () => {
  await using server = await startHttpServer()
  server.answer = answering(429, { 'retry-after': '120' })
  assert.deepEqual(await send({ method: 'GET', url: new URL(server.url) }, never), {
    kind: 'failed',
    reason: 'answered 429',
    detail: '',
    retryAfterMs: 120_000,
  })
  server.answer = answering(410)
  const gone = await send({ method: 'GET', url: new URL(server.url) }, never)
  assert.equal(gone.kind === 'failed' && gone.isGone, true)

  assert.equal(parseRetryAfter('Wed, 25 Nov 2026 12:01:00 GMT', NOON), 60_000)
  assert.equal(parseRetryAfter('Wed, 25 Nov 2026 11:00:00 GMT', NOON), 0)
  for (const text of [undefined, '', 'soon', '-5', '1.5', '99999999999']) {
    assert.equal(parseRetryAfter(text, NOON), null, String(text))
  }
})

test('a server that does not answer costs no more than the time limit', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const url = new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  const outcome = await httpSender({ now, timeoutMs: 50 })({ method: 'GET', url }, never)
  assert.deepEqual(outcome, { kind: 'failed', reason: 'no answer within 15 seconds' })
  silent.close()
})

test('an answer without end is cut off', async () => {
  await using server = await startHttpServer()
  server.answer = response => void response.write('x'.repeat(100_000))
  const outcome = await send({ method: 'GET', url: new URL(server.url) }, never)
  assert.deepEqual(outcome, { kind: 'failed', reason: 'the answer is longer than 64 KiB' })
})

test('no reason contains the user, the password, the path or the query of the URL', async () => {
  const secrets = ['us3r', 'passw0rd', 't0ken', 'qu3ry']
  await using server = await startHttpServer()
  const { port } = new URL(server.url)
  const urlOn = (host: string) => new URL(`http://us3r:passw0rd@${host}/t0ken?qu3ry=1`)
  for (const [host, answer] of [
    [`127.0.0.1:${port}`, answering(500)],
    [`127.0.0.1:${port}`, answering(302, { location: '/t0ken' })],
    [`127.0.0.1:${port}`, (response: { destroy(): unknown }) => void response.destroy()],
    ['127.0.0.1:1', answering(200)],
    ['does-not-exist.invalid', answering(200)],
  ] as const) {
    server.answer = answer
    const outcome = await send({ method: 'GET', url: urlOn(host) }, never)
    assert.equal(outcome.kind, 'failed')
    for (const secret of secrets)
      assert.ok(!JSON.stringify(outcome).includes(secret), JSON.stringify(outcome))
  }
  const basic = `Basic ${Buffer.from('us3r:passw0rd').toString('base64')}`
  assert.equal(server.received[0]?.headers.authorization, basic)
})
