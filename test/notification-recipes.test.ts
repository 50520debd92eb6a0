import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { createChannels } from '../services/notifier/channels/create-channels.ts'
import { httpSender } from '../services/notifier/channels/http.ts'
import { changedAt, NOON } from '../services/notifier/fixtures/events.ts'
import type { HttpServer, Received } from '../services/notifier/fixtures/http-server.ts'
import { startHttpServer } from '../services/notifier/fixtures/http-server.ts'
import { readNotifierSettings } from '../services/notifier/settings.ts'

const page = readFileSync(join(import.meta.dirname, '../docs/notifications.md'), 'utf8')
const v4 = parseAddress('203.0.113.7')
const v6 = parseAddress('2001:db8::7')
const title = 'home has a new address'
const message = 'IPv4 203.0.113.7 (was 203.0.113.6)\nFirst seen 2026-11-25 12:00 (UTC).'

/** What each service expects, from its documentation. */
const alerts: Record<string, { path: string; body: unknown }> = {
  Gotify: { path: '/message?token=AbCdEf123456789', body: { title, message, priority: 5 } },
  Apprise: { path: '/notify', body: { urls: 'pover://USER@TOKEN', title, body: message } },
  Slack: { path: '/services/T000/B000/XXXX', body: { text: `*${title}*\n${message}` } },
  Discord: {
    path: '/api/webhooks/123456/XXXX',
    body: { content: `**${title}**\n${message}`, allowed_mentions: { parse: [] } },
  },
  Telegram: {
    path: '/bot123456:ABC-DEF/sendMessage',
    body: { chat_id: 987654321, text: `${title}\n${message}` },
  },
  Pushover: {
    path: '/1/messages.json',
    body: { token: 'APP', user: 'USER', title, message, url: '' },
  },
  'Home Assistant': {
    path: '/api/webhook/ip-4f1d0a7c93be2265',
    body: { type: 'address.changed', device: 'home', ipv4: v4, ipv6: '', title, message },
  },
}

const published: Record<string, { both: string; only4: string; authorization?: string }> = {
  deSEC: {
    both: `/?hostname=home.dedyn.io&myipv4=${v4}&myipv6=${v6}`,
    only4: `/?hostname=home.dedyn.io&myipv4=${v4}&myipv6=`,
    authorization: `Basic ${Buffer.from('home.dedyn.io:TOKEN').toString('base64')}`,
  },
  DuckDNS: {
    both: `/update?domains=home&token=TOKEN&ip=${v4}&ipv6=${v6}`,
    only4: `/update?domains=home&token=TOKEN&ip=${v4}`,
  },
  'No-IP': {
    both: `/nic/update?hostname=home.example.org&myip=${v4},${v6}`,
    only4: `/nic/update?hostname=home.example.org&myip=${v4}`,
    authorization: `Basic ${Buffer.from('USER:PASSWORD').toString('base64')}`,
  },
  dynv6: {
    both: `/api/update?zone=home.dynv6.net&token=TOKEN&ipv4=${v4}&ipv6=${v6}`,
    only4: `/api/update?zone=home.dynv6.net&token=TOKEN&ipv4=${v4}`,
  },
  'Your own program': {
    both: `/dns/home?ipv4=${v4}&ipv6=${v6}`,
    only4: `/dns/home?ipv4=${v4}`,
    authorization: 'Bearer TOKEN',
  },
}

for (const [service, expected] of Object.entries(alerts)) {
  test(`the ${service} recipe sends the documented request`, async () => {
    await using server = await startHttpServer()
    const received = await sendBy(recipe(service), server, [v4])
    assert.deepEqual([received.method, received.url], ['POST', expected.path])
    const isForm = received.headers['content-type'] === 'application/x-www-form-urlencoded'
    const body = isForm ? Object.fromEntries(new URLSearchParams(received.body)) : JSON.parse(received.body)
    assert.deepEqual(body, expected.body)
  })
}

for (const [service, { both, only4, authorization }] of Object.entries(published)) {
  test(`the ${service} recipe publishes as documented`, async () => {
    await using server = await startHttpServer()
    const first = await sendBy(recipe(service), server, [v4, v6])
    assert.deepEqual([first.method, first.url, first.headers.authorization], ['GET', both, authorization])
    assert.equal((await sendBy(recipe(service), server, [v4])).url, only4)
  })
}

test('every recipe on the page is tested', () => {
  const [recipes = ''] = /^## Recipes[\s\S]*?(?=^## A dead)/m.exec(page) ?? []
  const named = [...recipes.matchAll(/^\*\*([^*]+)\*\*/gm)].map(([, name]) => name)
  assert.deepEqual(named.sort(), [...Object.keys(alerts), ...Object.keys(published)].sort())
})

test('the webhook on the page is what the channel sends, with its real signature', async () => {
  const [, block = ''] = /```http\n([\s\S]*?)```/.exec(page) ?? []
  const [head = '', body = ''] = block.trim().split('\n\n')
  const [line, ...fields] = head.split('\n')
  const shown = Object.fromEntries(
    fields.map(field => field.split(': ')).map(([name = '', value]) => [name.toLowerCase(), value]),
  )
  const { data } = JSON.parse(body) as { data: { changes: { firstSeen: number }[] } }

  const start = page.indexOf('### Webhook')
  const [, secret = ''] = /ALERT_WEBHOOK_SECRET=(\S+)/.exec(page.slice(start)) ?? []
  const [, url = ''] = /ALERT_WEBHOOK_URL=(\S+)/.exec(page.slice(start)) ?? []
  await using server = await startHttpServer()
  const sent = await send(
    { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret },
    server,
    changedAt(data.changes[0]?.firstSeen ?? 0),
    Number(shown['webhook-timestamp']) * 1000,
  )
  assert.equal(`${sent.method} ${sent.url} HTTP/1.1`, line)
  assert.deepEqual(Object.fromEntries(Object.keys(shown).map(name => [name, sent.headers[name]])), shown)
  assert.equal(sent.body, body)
})

/** The settings block after the name, parsed like Compose. */
function recipe(service: string): Record<string, string> {
  const start = page.indexOf(`**${service}**`)
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(page.slice(start)) ?? []
  const lines = block.matchAll(/^(\w+)=('?)(.*)\2$/gm)
  return Object.fromEntries([...lines].map(([, name = '', , value = '']) => [name, value]))
}

/** Sends one event with the recipe's channel to a fake service. */
function sendBy(
  env: Record<string, string>,
  server: HttpServer,
  addresses: readonly (typeof v4)[],
): Promise<Received> {
  return send(env, server, changedAt(NOON), NOON, addresses)
}

async function send(
  env: Record<string, string>,
  server: HttpServer,
  event: ReturnType<typeof changedAt>,
  now: number,
  addresses: readonly (typeof v4)[] = [],
): Promise<Received> {
  const { settings, publish } = readNotifierSettings(env)
  const sender = httpSender({ now: () => now })
  const channels = createChannels(settings, publish, {
    send: (request, ...rest) => {
      const url = new URL(request.url.pathname + request.url.search, server.url)
      return sender({ ...request, url }, ...rest)
    },
    addressesOf: async () =>
      addresses.map(address => ({
        family: address === v4 ? (4 as const) : (6 as const),
        address,
        contestedUntil: null,
      })),
    now: () => now,
    timeZone: 'UTC',
  })
  const [channel] = channels.events
  assert.ok(channel)
  const outcome = await channel.send(event, new AbortController().signal)
  assert.equal(outcome.kind, 'delivered')
  return server.received.at(-1) as Received
}
