import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { changedAt, NOON } from '../fixtures/events.ts'
import { answering, startHttpServer } from '../fixtures/http-server.ts'
import { heartbeat } from './heartbeat.ts'
import { httpSender } from './http.ts'
import { messageWriter } from './message.ts'
import { ntfy, topicOf } from './ntfy.ts'
import { parseWebhookSecret, signatureOf, webhook } from './webhook.ts'

const now = Date.now
const send = httpSender({ now })
const never = new AbortController().signal
const toMessage = messageWriter({ link: new URL('https://ip.example.org/'), timeZone: 'UTC' })
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

test('the reference implementation of Standard Webhooks accepts a webhook, and refuses it altered', async () => {
  await using server = await startHttpServer()
  const channel = webhook({
    url: new URL(`${server.url}/hook`),
    key: parseWebhookSecret(secret),
    send,
    toMessage,
    now,
  })
  const event = changedAt(NOON)
  assert.equal((await channel.send(event, never)).kind, 'delivered')

  const [{ method, url, headers, body }] = server.received as [(typeof server.received)[0]]
  assert.deepEqual([method, url, headers['webhook-id']], ['POST', '/hook', event.id])
  const reference = new Webhook(secret)
  const payload = reference.verify(body, headers as Record<string, string>) as Record<string, unknown>
  assert.equal(payload.type, 'address.changed')
  assert.equal(payload.timestamp, '2026-11-25T12:00:00.000Z')
  assert.deepEqual((payload.data as { changes: unknown }).changes, event.changes)
  assert.throws(() =>
    reference.verify(body.replace('203.0.113.7', '203.0.113.8'), headers as Record<string, string>),
  )
})

test('a webhook signature equals that of the reference implementation, for any body and time', () => {
  const reference = new Webhook(secret)
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 4_000_000_000 }), (body, second) => {
      const { 'webhook-signature': signature } = signatureOf(
        parseWebhookSecret(secret),
        'id_1',
        second * 1000,
        body,
      )
      assert.equal(signature, reference.sign('id_1', new Date(second * 1000), body))
    }),
  )
})

test('a webhook secret is whsec_ and 24 to 64 bytes in base64', () => {
  assert.equal(parseWebhookSecret(secret).length, 32)
  for (const wrong of ['', 'whsec_', 'whsec_!!', Buffer.alloc(32).toString('base64'), 'whsec_c2hvcnQ=']) {
    assert.throws(() => parseWebhookSecret(wrong), RangeError, wrong)
  }
  assert.throws(() => parseWebhookSecret(`whsec_${Buffer.alloc(65).toString('base64')}`), RangeError)
})

test('ntfy gets the message as JSON at its root, with the token', async () => {
  await using server = await startHttpServer()
  const channel = ntfy({ url: new URL(`${server.url}/topic_1`), token: 'tk_1', send, toMessage })
  await channel.send(changedAt(NOON), never)
  const [{ url, headers, body }] = server.received as [(typeof server.received)[0]]
  assert.deepEqual([url, headers.authorization], ['/', 'Bearer tk_1'])
  assert.deepEqual(JSON.parse(body), {
    topic: 'topic_1',
    title: 'home has a new address',
    message: 'IPv4 203.0.113.7 (was 203.0.113.6)\nFirst seen 2026-11-25 12:00 (UTC).',
    priority: 3,
    tags: ['house'],
    click: 'https://ip.example.org/history/home',
  })
})

test('the address of an ntfy topic has one segment and no query', () => {
  assert.equal(topicOf(new URL('https://ntfy.sh/a_b-1/')), 'a_b-1')
  for (const url of [
    'https://ntfy.sh/',
    'https://ntfy.sh/a/b',
    'https://ntfy.sh/a?b=1',
    'https://ntfy.sh/a%20b',
  ]) {
    assert.throws(() => topicOf(new URL(url)), RangeError, url)
  }
})

test('the heartbeat is a GET, and takes no events', async () => {
  await using server = await startHttpServer()
  server.answer = answering(200, {}, 'OK')
  const channel = heartbeat({ url: new URL(`${server.url}/ping/1`), send })
  assert.equal(channel.accepts(changedAt(NOON)), false)
  assert.deepEqual(await channel.send(changedAt(NOON), never), { kind: 'delivered', answer: '200 OK' })
  assert.deepEqual(
    server.received.map(({ method, url }) => [method, url]),
    [['GET', '/ping/1']],
  )
})
