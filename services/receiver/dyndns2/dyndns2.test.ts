import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { StorageError } from '@ipupdater/storage'
import type { Answer, Sending } from '../fixtures/http.ts'
import type { ReceiverOptions, RunningReceiver } from '../fixtures/receiver.ts'
import { startReceiver } from '../fixtures/receiver.ts'

const ipv4 = '203.0.112.7'
const ipv6 = '2a00:1450::7'
const password = 'a password of cabin'
const basic = (user: string, text: string) => `Basic ${Buffer.from(`${user}:${text}`).toString('base64')}`

async function start(t: TestContext, options: ReceiverOptions = {}) {
  const receiver = await startReceiver(t, { routers: { cabin: password }, ...options })
  const get = (query: string, sending: Sending & { authorization?: string | null } = {}) => {
    const { authorization = basic('cabin', password), headers, ...rest } = sending
    return receiver.send(
      query.startsWith('/') ? query : `/nic/update?${query}`,
      { headers: authorization === null ? {} : { authorization }, body: '' },
      { method: 'GET', from: ipv4, headers: { 'x-forwarded-proto': 'https', ...headers }, ...rest },
    )
  }
  return { receiver, get }
}

const answered = ({ status, body }: Answer) => [status, String(body)]

const shown = async (receiver: RunningReceiver) =>
  (await receiver.stored()).map(entry =>
    entry.kind === 'tenure' ? [entry.device, entry.address, entry.proof, entry.given] : entry,
  )

test('the address of the connection is recorded, unsigned, and a repetition confirms it', async t => {
  const { receiver, get } = await start(t)
  const answer = await get('hostname=cabin.home.arpa')
  assert.deepEqual(answered(answer), [200, `good ${ipv4}\n`])
  assert.equal(answer.headers['content-length'], String(`good ${ipv4}\n`.length))
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(answer.headers['cache-control'], 'no-store')
  receiver.pass(1000)
  assert.deepEqual(answered(await get('hostname=cabin.home.arpa')), [200, `nochg ${ipv4}\n`])
  assert.deepEqual(await shown(receiver), [['cabin', ipv4, null, false]])
})

test('of the own family the connection is believed and not the router', async t => {
  const { receiver, get } = await start(t)
  assert.deepEqual(answered(await get('hostname=cabin&myip=198.51.99.1')), [200, `good ${ipv4}\n`])
  assert.deepEqual(await shown(receiver), [['cabin', ipv4, null, false]])
})

test('the other family is taken from the router and marked as given', async t => {
  const { receiver, get } = await start(t)
  assert.deepEqual(answered(await get(`hostname=cabin&myip=${ipv4}&myipv6=${ipv6}`)), [
    200,
    `good ${ipv4},${ipv6}\n`,
  ])
  const rows = await shown(receiver)
  assert.deepEqual(
    rows.toSorted(),
    [
      ['cabin', ipv4, null, false],
      ['cabin', ipv6, null, true],
    ].toSorted(),
  )
  receiver.pass(1000)
  const overIpv6 = await get(`hostname=cabin&myip=${ipv4},${ipv6}`, { from: ipv6 })
  assert.deepEqual(answered(overIpv6), [200, `nochg ${ipv6},${ipv4}\n`])
})

test('a given address that is not public is left out, and the log says so', async t => {
  const { receiver, get } = await start(t)
  assert.deepEqual(answered(await get('hostname=cabin&myipv6=fd00::1')), [200, `good ${ipv4}\n`])
  assert.deepEqual(await shown(receiver), [['cabin', ipv4, null, false]])
  assert.ok(
    receiver.lines.some(line => line.includes('given address not recorded') && line.includes('fd00::1')),
  )
})

test('each hostname has a line, and only those of the device are recorded', async t => {
  const { receiver, get } = await start(t)
  const mixed = await get('hostname=CABIN.home.arpa,boat.home.arpa,cabin.example.org')
  assert.deepEqual(answered(mixed), [200, `good ${ipv4}\nnohost\ngood ${ipv4}\n`])
  assert.deepEqual(answered(await get('hostname=boat.home.arpa')), [200, 'nohost\n'])
  assert.equal((await receiver.stored()).length, 1)
})

test('an invalid request is answered with its word, and records nothing', async t => {
  const { receiver, get } = await start(t)
  const many = Array.from({ length: 21 }, (_, index) => `h${index}`).join()
  assert.deepEqual(answered(await get('myip=203.0.112.9')), [200, 'notfqdn\n'])
  assert.deepEqual(answered(await get(`hostname=${many}`)), [200, 'numhost\n'])
  assert.deepEqual(await receiver.stored(), [])
})

test('all paths and POST forms are taken; HEAD records nothing', async t => {
  const { receiver, get } = await start(t)
  for (const path of ['/v3/update?hostname=cabin', '/update?hostname=cabin']) {
    assert.match(String((await get(path)).body), /^(good|nochg) /)
  }
  receiver.pass(1000)
  const form = await receiver.send(
    '/nic/update',
    { headers: { authorization: basic('cabin', password) }, body: `hostname=cabin&myipv6=${ipv6}` },
    {
      from: ipv4,
      headers: { 'x-forwarded-proto': 'https', 'content-type': 'application/x-www-form-urlencoded' },
    },
  )
  assert.deepEqual(answered(form), [200, `good ${ipv4},${ipv6}\n`])
  const before = await receiver.stored()
  receiver.pass(1000)
  assert.equal((await get('hostname=cabin', { method: 'HEAD' })).status, 405)
  assert.deepEqual(await receiver.stored(), before)
})

test('without a hostname /update is the signed protocol, which is untouched', async t => {
  const { receiver, get } = await start(t)
  assert.equal((await receiver.report({ from: ipv4 })).result, 'new')
  assert.notEqual((await get('/update')).status, 200)
})

test('wrong password, unknown name, signing device and no credentials get the same answer', async t => {
  const { receiver, get } = await start(t)
  const tries = [
    basic('cabin', 'wrong'),
    basic('nobody', password),
    basic('home', password),
    basic('No', ''),
    null,
  ]
  const answers = []
  for (const authorization of tries) answers.push(await get('hostname=cabin', { authorization }))
  for (const answer of answers) {
    assert.deepEqual(answered(answer), [401, 'badauth\n'])
    assert.equal(answer.headers['www-authenticate'], 'Basic realm="ipupdater", charset="UTF-8"')
    const names = Object.keys(answer.headers).sort()
    assert.deepEqual(names, Object.keys(answers[0]?.headers ?? {}).sort())
  }
  assert.deepEqual(await receiver.stored(), [])
})

test('a password over plain HTTP is refused even if it is right, unless plain HTTP is allowed', async t => {
  const { receiver, get } = await start(t)
  const plain = await get('hostname=cabin', { headers: { 'x-forwarded-proto': 'http' } })
  assert.deepEqual(answered(plain), [401, 'badauth\n'])
  assert.equal(plain.headers['www-authenticate'], undefined) // a client would send it once more
  assert.deepEqual(await receiver.stored(), [])
  assert.ok(receiver.lines.some(line => line.includes('over plain HTTP')))

  const open = await start(t, { allowPlaintext: true })
  const taken = await open.get('hostname=cabin', { headers: { 'x-forwarded-proto': 'http' } })
  assert.deepEqual(answered(taken), [200, `good ${ipv4}\n`])
})

test('passwords over plain HTTP meet the limit of one source', async t => {
  const { get } = await start(t, { limits: { unsignedPerPrefix: 3 } })
  const plain = () => get('hostname=cabin', { headers: { 'x-forwarded-proto': 'http' } })
  for (let i = 0; i < 3; i++) assert.deepEqual(answered(await plain()), [401, 'badauth\n'])
  assert.deepEqual(answered(await plain()), [429, 'abuse\n'])
  assert.deepEqual(answered(await get('hostname=cabin')), [200, `good ${ipv4}\n`])
})

test('off means that the routes do not exist', async t => {
  const receiver = await startReceiver(t)
  const answer = await receiver.send(
    '/nic/update?hostname=cabin',
    { headers: { authorization: basic('cabin', password) }, body: '' },
    { method: 'GET', from: ipv4, headers: { 'x-forwarded-proto': 'https' } },
  )
  assert.equal(answer.status, 404)
})

test('guessing is limited, never the right password, and never a device that signs', async t => {
  const { receiver, get } = await start(t, { limits: { unsignedPerPrefix: 3, signedPerDevice: 20 } })
  for (let i = 0; i < 3; i++)
    assert.equal((await get('hostname=cabin', { authorization: basic('cabin', `${i}`) })).status, 401)
  const limited = await get('hostname=cabin', { authorization: basic('cabin', 'x') })
  assert.deepEqual(answered(limited), [429, 'abuse\n'])
  assert.match(String(limited.headers['retry-after']), /^\d+$/)
  assert.deepEqual(answered(await get('hostname=cabin')), [200, `good ${ipv4}\n`])
  assert.equal((await receiver.report({ from: ipv4 })).result, 'new')
  // A forger's unsigned messages meet a budget of their own, which the guesses have not touched.
  assert.equal((await receiver.send('/ip', { headers: {}, body: '{}' }, { from: ipv4 })).status, 400)
})

test('guesses at one account are limited, and other accounts at that address are not', async t => {
  const routers = { cabin: password, boat: 'a password of boat' }
  const { get } = await start(t, { routers, limits: { unsignedPerDevice: 2 } })
  const guess = async (user: string) =>
    (await get(`hostname=${user}`, { authorization: basic(user, 'wrong') })).status
  assert.deepEqual([await guess('cabin'), await guess('cabin'), await guess('cabin')], [401, 401, 429])
  assert.equal(await guess('boat'), 401)
  assert.equal((await get('hostname=cabin')).status, 200)
})

test('a router that reports too often gets abuse, and a device that signs does not', async t => {
  const { receiver, get } = await start(t, { limits: { signedPerDevice: 2 } })
  for (let i = 0; i < 2; i++) {
    receiver.pass(1)
    assert.equal((await get('hostname=cabin')).status, 200)
  }
  receiver.pass(1)
  assert.deepEqual(answered(await get('hostname=cabin')), [429, 'abuse\n'])
  assert.equal((await receiver.report({ from: ipv4 })).result, 'new')
})

test('storage faults and sources that are unclear are 911', async t => {
  const { get } = await start(t, { commit: () => Promise.reject(new StorageError('full', 'no space')) })
  const full = await get('hostname=cabin')
  assert.deepEqual(answered(full), [503, '911\n'])
  assert.equal(full.headers['retry-after'], '10')
  const masked = await start(t, { isMasked: () => true })
  assert.deepEqual(answered(await masked.get('hostname=cabin')), [503, '911\n'])
})

test('a device keeps its kind: what signed once cannot report by password, and the reverse', async t => {
  const { receiver, get } = await start(t, { routers: { home: password } })
  assert.equal((await receiver.report({ from: ipv4 })).result, 'new')
  receiver.pass(1000)
  assert.deepEqual(answered(await get('hostname=home', { authorization: basic('home', password) })), [
    401,
    'badauth\n',
  ])
  assert.equal((await receiver.stored()).length, 1)

  const other = await start(t, { routers: { home: password } })
  assert.equal((await other.get('hostname=home', { authorization: basic('home', password) })).status, 200)
  other.receiver.pass(1000)
  await assert.rejects(other.receiver.report({ from: ipv4 }))
  assert.equal((await other.receiver.stored()).length, 1)
})

test('no password is in the log', async t => {
  const { receiver, get } = await start(t, { logLevel: 'debug' })
  await get('hostname=cabin')
  await get('hostname=cabin', { authorization: basic('cabin', 'a wrong password') })
  const log = receiver.lines.join('\n')
  for (const text of [password, 'a wrong password']) {
    for (const form of [
      text,
      Buffer.from(text).toString('base64'),
      Buffer.from(`cabin:${text}`).toString('base64'),
    ]) {
      assert.ok(!log.includes(form))
    }
  }
})
