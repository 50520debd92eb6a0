import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Address } from '@ipupdater/protocol'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { changedAt, home, NOON } from '../fixtures/events.ts'
import { answering, startHttpServer } from '../fixtures/http-server.ts'
import { httpSender } from './http.ts'
import type { PublishedAddress } from './publish.ts'
import { parseUrlTemplate, publish } from './publish.ts'

const v4 = parseAddress('203.0.113.7')
const v6 = parseAddress('2001:db8::7')
const filled = (template: string, addresses: { 4?: Address; 6?: Address }) =>
  parseUrlTemplate(template).fill(addresses)?.href ?? null

test('a parameter whose address is missing is left out, unless the template says what to send', () => {
  const template = 'https://update.dedyn.io/?myipv4={ipv4}&myipv6={ipv6}'
  assert.equal(filled(template, { 4: v4, 6: v6 }), `https://update.dedyn.io/?myipv4=${v4}&myipv6=${v6}`)
  assert.equal(filled(template, { 4: v4 }), `https://update.dedyn.io/?myipv4=${v4}`)
  assert.equal(filled(template, { 6: v6 }), `https://update.dedyn.io/?myipv6=${v6}`)
  assert.equal(
    filled('https://u.example/?a={ipv4|preserve}&b={ipv6|preserve}&c=1', { 6: v6 }),
    `https://u.example/?a=preserve&b=${v6}&c=1`,
  )
  assert.equal(
    filled('https://u.example/?h=x&myip={ipv4},{ipv6|}', { 4: v4 }),
    `https://u.example/?h=x&myip=${v4},`,
  )
  const list = 'https://u.example/?h=x,y&myip={ipv4},{ipv6}'
  assert.equal(filled(list, { 4: v4, 6: v6 }), `https://u.example/?h=x,y&myip=${v4},${v6}`)
  assert.equal(filled(list, { 6: v6 }), `https://u.example/?h=x,y&myip=${v6}`)
})

test('without any address for it no URL is called: a provider would take the address of this server', () => {
  assert.equal(filled('https://u.example/?myip={ipv4}', { 6: v6 }), null)
  assert.equal(filled('https://u.example/?a={ipv4|preserve}', {}), null)
  assert.equal(filled('https://u.example/?h=x&a={ipv4}-{ipv6}', { 4: v4 }), null)
  assert.equal(filled('https://u.example/home/token/{ipv4}', { 6: v6 }), null)
  assert.equal(filled('https://u.example/home/token/{ipv4}', { 4: v4 }), `https://u.example/home/token/${v4}`)
})

test('a text that is not a URL template is refused', () => {
  for (const wrong of [
    '',
    'https://u.example/',
    'ftp://u.example/?a={ipv4}',
    'https://{ipv4}/',
    'https://u.example/?a={ipv5}',
    'https://u.example/?a={ipv4',
    'https://u.example/?a={ipv4}#b',
  ]) {
    assert.throws(() => parseUrlTemplate(wrong), wrong)
  }
})

async function published(current: readonly PublishedAddress[], answer = answering(200, {}, 'good')) {
  await using server = await startHttpServer()
  server.answer = answer
  const channel = publish({
    device: home,
    url: parseUrlTemplate(`${server.url}/?4={ipv4}&6={ipv6}`),
    authorization: 'Bearer t0ken',
    addressesOf: async () => current,
    send: httpSender({ now: () => NOON }),
  })
  const outcome = await channel.send(changedAt(NOON), new AbortController().signal)
  return { outcome, received: server.received.map(({ url, headers }) => [url, headers.authorization]) }
}

test('the present addresses are sent, with the authentication, not those of the event', async () => {
  const { outcome, received } = await published([
    { family: 4, address: parseAddress('198.51.100.9'), contestedUntil: null },
    { family: 6, address: v6, contestedUntil: null },
  ])
  assert.equal(outcome.kind, 'delivered')
  assert.deepEqual(received, [[`/?4=198.51.100.9&6=${v6}`, 'Bearer t0ken']])
})

test('there is nothing to publish of a device that was deleted since', async () => {
  const { outcome, received } = await published([])
  assert.deepEqual(outcome, { kind: 'obsolete', reason: 'home has no address that this URL takes' })
  assert.deepEqual(received, [])
})

test('a contested address is not sent; it is once the contest has ended', async () => {
  const only = await published([{ family: 4, address: v4, contestedUntil: NOON + 1000 }])
  assert.deepEqual(only.outcome, {
    kind: 'postponed',
    until: NOON + 1000,
    reason: 'the address is contested',
  })
  assert.deepEqual(only.received, [])

  const other = await published([
    { family: 4, address: v4, contestedUntil: NOON + 1000 },
    { family: 6, address: v6, contestedUntil: null },
  ])
  assert.deepEqual(other.outcome, { kind: 'delivered', answer: '200 good', againAt: NOON + 1000 })
  assert.deepEqual(
    other.received.map(([url]) => url),
    [`/?6=${v6}`],
  )
})

test('a provider that refuses in the body of a 200 is noticed', async () => {
  const current = [{ family: 4, address: v4, contestedUntil: null }] as const
  for (const body of ['KO', 'badauth', 'nohost\n', '911 try later', '!yours']) {
    assert.equal((await published(current, answering(200, {}, body))).outcome.kind, 'failed', body)
  }
  for (const body of ['OK', `good ${v4}`, `nochg ${v4}`, '']) {
    assert.equal((await published(current, answering(200, {}, body))).outcome.kind, 'delivered', body)
  }
})

test('only changes of this device, in a family that the URL takes, are published', () => {
  const channelFor = (device: string, template: string) =>
    publish({
      device: parseDeviceName(device),
      url: parseUrlTemplate(template),
      authorization: null,
      addressesOf: async () => [],
      send: httpSender({ now: () => NOON }),
    })
  const event = changedAt(NOON)
  assert.equal(channelFor('home', 'https://u.example/?a={ipv4}').accepts(event), true)
  assert.equal(channelFor('home', 'https://u.example/?a={ipv6}').accepts(event), false)
  assert.equal(channelFor('other', 'https://u.example/?a={ipv4}').accepts(event), false)
})
