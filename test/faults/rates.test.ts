import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  parseObservedAddress,
  parseProblem,
  parseSecret,
  parseSignedRequest,
  verifyAnswer,
} from '@ipupdater/protocol'
import type { Environment, Server } from '../fixtures/programs.ts'
import { createVolumes, startReceiver } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import type { RawAnswer } from '../fixtures/raw-http.ts'
import { answersIn, openRaw, sendRaw } from '../fixtures/raw-http.ts'
import { addDevices } from '../fixtures/registry.ts'
import { comparePace, inTenths, isUnharmed, startAbuse } from './abuse/compare-latency.ts'
import { FLOOD_FROM } from './abuse/flood-from.ts'
import { createHonestDevices, reportFrom, reportInTurn } from './abuse/honest-devices.ts'
import { report } from './counts.ts'
import type { Device } from './hostile/honest.ts'
import { honestRequest } from './hostile/honest.ts'
import type { Request } from './hostile/message.ts'
import { bytesOf, headersOf } from './hostile/message.ts'

// The default limits of .env.example. All count in windows of ten seconds.
const UNSIGNED_PER_PREFIX = 20
const FAILURES_PER_DEVICE = 5
const UNSIGNED = 1000
const SIGNED_PER_DEVICE = 20
const WINDOW_MS = 10_000

// More than the reports of a round, so no device reaches its own limit.
const honestDevices = createHonestDevices(200)
const [home] = honestDevices as [(typeof honestDevices)[0]]
const random = createRandom(20_261_129)

test('a flood under real device names neither delays nor refuses them, even at the same address', async t => {
  const receiver = await receiverFor(t)
  const flood = startAbuse(t, 'flood.ts', receiver.port)
  const overIPv6 = { ...home, from: '::1' }
  const neighbour = { ...(honestDevices[1] as (typeof honestDevices)[0]), from: FLOOD_FROM }
  const honest = [overIPv6, neighbour, ...honestDevices.slice(2)]
  // Rejects unless each report is accepted.
  const pace = await comparePace(t, flood, () =>
    reportInTurn(receiver.port, honest, random, { perSecond: 80, seconds: 2 }),
  )
  const { quiet, abused, abuse } = pace
  report(t, 'rates-flood', {
    ...abuse,
    honestRefused: 0,
    quietP99Ms: inTenths(quiet),
    abusedP99Ms: inTenths(abused),
  })
  assert.ok(isUnharmed(pace), JSON.stringify(pace))
  assert.ok(Number(abuse.otherwise) < Number(abuse.flooded) / 20, JSON.stringify(abuse))
})

test('each limit is exact: unsigned messages, failures per name, signed messages', async t => {
  const receiver = await receiverFor(t)
  const ipRequest = () => honestRequest(random, home.device, '/ip', '{}')
  const broken = (): Request => ({ ...ipRequest(), body: Buffer.from('[]') })
  const forged = () => honestRequest(random, { ...home.device, secret: 'the secret of nobody' }, '/ip', '{}')
  const from = (address: string, make: () => Request) => () => ask(receiver, make(), address)

  assert.equal(await accepted(from('127.3.0.1', ipRequest)), SIGNED_PER_DEVICE)
  assert.equal(await accepted(from('127.3.0.2', broken)), UNSIGNED_PER_PREFIX)
  assert.equal(await accepted(from('127.3.0.3', forged)), FAILURES_PER_DEVICE)
  // The device is accepted even at those addresses.
  await reportFrom(receiver.port, { ...home, from: '127.3.0.2' }, random)
  await reportFrom(receiver.port, { ...home, from: '127.3.0.3' }, random)
  report(t, 'rates-limits', {
    unsignedPerPrefix: UNSIGNED_PER_PREFIX,
    failuresPerDevice: FAILURES_PER_DEVICE,
    signedPerDevice: SIGNED_PER_DEVICE,
  })
})

test('429 has a correct Retry-After, and is signed if the request was', async t => {
  const receiver = await receiverFor(t)
  const { device } = home
  const began = performance.now()
  const ipRequest = () => honestRequest(random, device, '/ip', '{}')
  for (let count = 0; count < SIGNED_PER_DEVICE; count++) await ask(receiver, ipRequest(), '127.3.0.5')
  const refused = ipRequest()
  const signedRefusal = await ask(receiver, refused, '127.3.0.5')
  assert.equal(signedRefusal.status, 429)
  assertSigned(signedRefusal, refused, device)

  const garbage: Request = { method: 'POST', path: '/ip', fields: [], body: Buffer.from('[]') }
  for (let count = 0; count < UNSIGNED_PER_PREFIX; count++) await ask(receiver, garbage, '127.3.0.6')
  const unsigned = await ask(receiver, garbage, '127.3.0.6')
  assert.equal(unsigned.status, 429)
  assert.doesNotMatch(unsigned.head, /^signature/im)

  const waits = [signedRefusal, unsigned].map(retryAfter)
  for (const seconds of waits) assert.ok(seconds >= 1 && seconds <= WINDOW_MS / 1000, `${seconds}`)
  await sleep(Math.max(...waits) * 1000)
  assert.equal((await update(receiver, device, '127.3.0.5')).answer.status, 200)
  assert.equal((await ask(receiver, garbage, '127.3.0.6')).status, 400)
  assert.ok(performance.now() - began > WINDOW_MS / 2, 'the wait was too short')
})

test('replays of the newest message, from its own address, do not block a device', async t => {
  const receiver = await receiverFor(t)
  const from = '127.3.0.9'
  const { request: newest } = await update(receiver, home.device, from)
  for (let round = 0; round < 5; round++) {
    const repeated = await Promise.all(Array.from({ length: 40 }, () => ask(receiver, newest, from)))
    assert.ok(repeated.every(({ status }) => status === (round === 0 ? 200 : 409)))
    assert.equal((await update(receiver, home.device, from)).answer.status, 200)
  }
  assert.equal(receiver.output().match(/new address/g)?.length, 1)
})

test('a flood from ever new prefixes hits the total limit, needs no memory, and blocks no device', async t => {
  const proxy = '127.0.0.2'
  const receiver = await receiverFor(t, { TRUSTED_PROXIES: proxy })
  const prefixes = 60_000
  const before = await receiver.memory()
  const began = performance.now()
  const flooding = floodThrough(receiver, proxy, prefixes)
  const [elsewhere] = honestDevices.slice(1) as [(typeof honestDevices)[0]]
  const honest = await reportInTurn(receiver.port, [elsewhere], random, { perSecond: 1, seconds: 5 })
  const statuses = await flooding
  const windows = Math.floor((performance.now() - began) / WINDOW_MS) + 1
  const after = await receiver.memory()
  report(t, 'rates-memory', {
    prefixes,
    limited: statuses[429] ?? 0,
    honestReports: honest.length / 2,
    honestRefused: 0,
    bytesKept: Math.max(0, after - before),
  })
  const passed = statuses[400] ?? 0
  assert.equal(passed + (statuses[429] ?? 0), prefixes)
  // The last window may not be full.
  assert.ok(
    passed >= UNSIGNED && passed <= windows * UNSIGNED,
    `${windows} windows: ${JSON.stringify(statuses)}`,
  )
  assert.ok(after - before < 3 * 1024 * 1024, `${before} → ${after}`)
})

test('all addresses of an IPv6 /64 are one prefix', async t => {
  const proxy = '127.0.0.2'
  const receiver = await receiverFor(t, { TRUSTED_PROXIES: proxy })
  const statuses: number[] = []
  for (let count = 0; count < 30; count++) {
    const bytes = garbageFrom(`2001:db8:0:1::${(count + 1).toString(16)}`)
    statuses.push((await sendRaw(receiver.port, Buffer.from(bytes), { from: proxy })).answers[0]?.status ?? 0)
  }
  assert.deepEqual(statuses, [...new Array(20).fill(400), ...new Array(10).fill(429)])
  const neighbour = await sendRaw(receiver.port, Buffer.from(garbageFrom('2001:db8:0:2::1')), { from: proxy })
  assert.equal(neighbour.answers[0]?.status, 400)
})

test('a flood from one prefix leaves log lines for other prefixes', async t => {
  const receiver = await receiverFor(t, { RATE_LIMIT_PREFIX: '0', RATE_LIMIT_FAILURES: '0' })
  const forged = () => honestRequest(random, { ...home.device, secret: 'the secret of nobody' }, '/ip', '{}')
  for (let count = 0; count < 100; count++)
    assert.equal((await ask(receiver, forged(), '127.3.0.7')).status, 401)
  assert.equal((await ask(receiver, forged(), '127.3.0.8')).status, 401)
  await receiver.printed(/not-authenticated.* source=127\.3\.0\.8/)
  const lines = receiver.output().match(/not-authenticated/g)?.length ?? 0
  assert.ok(lines <= 30, `${lines} lines`)
})

async function receiverFor(t: TestContext, settings: Environment = {}): Promise<Server> {
  const opened = new AsyncDisposableStack()
  t.after(() => opened.disposeAsync())
  const volumes = opened.use(createVolumes())
  addDevices(
    volumes,
    honestDevices.map(({ device }) => device),
  )
  return opened.use(await startReceiver(volumes, settings))
}

async function ask({ port }: Server, request: Request, from: string): Promise<RawAnswer> {
  const { answers } = await sendRaw(port, bytesOf(request), { from, patienceMs: 20_000 })
  return answers[0] ?? assert.fail('no answer')
}

/** An `/ip`, then an `/update` with its address. */
async function update(
  receiver: Server,
  device: Device,
  from: string,
): Promise<{ request: Request; answer: RawAnswer }> {
  const observed = await ask(receiver, honestRequest(random, device, '/ip', '{}'), from)
  assert.equal(observed.status, 200, String(observed.body))
  const { address, timestamp } = parseObservedAddress(String(observed.body))
  const request = honestRequest(random, device, '/update', JSON.stringify({ address, timestamp }))
  return { request, answer: await ask(receiver, request, from) }
}

/** How many pass before the first 429. All must be within one window. */
async function accepted(act: () => Promise<RawAnswer>): Promise<number> {
  const began = performance.now()
  let count = 0
  while ((await act()).status !== 429) count += 1
  assert.ok(performance.now() - began < WINDOW_MS, 'this machine is too slow')
  return count
}

function retryAfter({ head, body }: RawAnswer): number {
  const seconds = Number(/^retry-after: (\d+)$/im.exec(head)?.[1])
  assert.equal(parseProblem(String(body))?.extra.retryAfter, seconds)
  return seconds
}

function assertSigned(
  { status, head, body }: RawAnswer,
  { method, path, ...message }: Request,
  device: Device,
): void {
  const request = parseSignedRequest(
    { method, headers: headersOf(message), body: message.body },
    path === '/ip' ? 'ipupdater-ip' : 'ipupdater-update',
  )
  const fields = head
    .split('\r\n')
    .slice(1)
    .map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)])
  verifyAnswer({ status, headers: Object.fromEntries(fields), body }, request, parseSecret(device.secret))
}

/** A minimal unsigned message. */
function garbageFrom(source: string): string {
  return `POST /ip HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${source}\r\nContent-Length: 2\r\n\r\n[]`
}

/** One message from each prefix, over a few connections of the proxy. */
async function floodThrough(
  { port }: Server,
  proxy: string,
  prefixes: number,
): Promise<Record<number, number>> {
  const [lanes, atOnce] = [10, 50]
  const statuses: Record<number, number> = {}
  let next = 0
  const lane = async () => {
    using connection = await openRaw(port, proxy)
    for (let answered = 0; next < prefixes; ) {
      const batch = Array.from({ length: atOnce }, () => garbageFrom(prefix(next++)))
      connection.socket.write(batch.join(''))
      while (answersIn(connection.received()).length < answered + atOnce) await sleep(1)
      answered += atOnce
    }
    for (const { status } of answersIn(connection.received())) statuses[status] = (statuses[status] ?? 0) + 1
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return statuses
}

/** Alternates between IPv4 addresses and IPv6 /64s. */
function prefix(number: number): string {
  const [high, low] = [number >> 8, number & 255]
  return number % 2 === 0
    ? `10.${high >> 8}.${high & 255}.${low}`
    : `2001:db8:${high.toString(16)}:${low.toString(16)}::1`
}
