import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment, Server } from '../fixtures/programs.ts'
import { createVolumes, startReceiver } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { sendRaw } from '../fixtures/raw-http.ts'
import { addDevices } from '../fixtures/registry.ts'
import { comparePace, inTenths, isUnharmed, startAbuse } from './abuse/compare-latency.ts'
import { createHonestDevices, reportFrom, reportInTurn } from './abuse/honest-devices.ts'
import { oddButHonest } from './abuse/odd-but-honest.ts'
import { oddRequests } from './abuse/odd-requests.ts'
import { runSlowloris, SLOWLORIS } from './abuse/slowloris.ts'
import { report } from './counts.ts'
import { honestRequest } from './hostile/honest.ts'

const device = { name: 'home', secret: 'the secret of the home' }
const home = { device, from: '127.0.0.1' }
const unlimited = {
  RATE_LIMIT_PREFIX: '0',
  RATE_LIMIT_FAILURES: '0',
  RATE_LIMIT_UNSIGNED: '0',
  RATE_LIMIT_DEVICE: '0',
}

test('invalid HTTP gets 4xx or a closed connection, and unusual but valid HTTP is accepted', async t => {
  const receiver = await receiverFor(t, unlimited)
  const seed = 20_261_125
  const random = createRandom(seed)
  const counts = { odd: 0, refused: 0, cutOff: 0, accepted: 0, failed: 0, oddButHonest: 0 }
  for (let round = 0; round < 10; round++) {
    const { fields, body } = honestRequest(random, device, '/ip', '{}')
    const parts = { fields: fields.map(([name, value]) => `${name}: ${value}`), body: body.toString() }

    for (const [name, bytes] of Object.entries(oddRequests(random, parts))) {
      const { answers, received } = await sendRaw(receiver.port, bytes, { patienceMs: 20 })
      const statuses = answers.map(({ status }) => status).filter(status => status !== 100)
      counts.odd += 1
      counts.refused += statuses.length > 0 ? 1 : 0
      counts.cutOff += received.length === 0 ? 1 : 0
      counts.accepted += statuses.some(status => status < 400) ? 1 : 0
      counts.failed += statuses.some(status => status >= 500) ? 1 : 0
      assert.ok(
        statuses.every(status => status >= 400 && status < 500),
        `${name}: ${statuses}; seed ${seed}`,
      )
      assert.ok(statuses.length > 0 || received.length === 0, `${name}: ${received}`)
    }
    for (const [name, { bytes, times }] of Object.entries(oddButHonest(parts))) {
      const { answers } = await sendRaw(receiver.port, bytes, { patienceMs: 1_000, answers: times })
      const seen = answers.map(({ body }) => JSON.parse(body.toString()).address)
      assert.deepEqual(seen, new Array(times).fill('127.0.0.1'), name)
      counts.oddButHonest += 1
    }
  }
  report(t, 'raw-odd', counts)
})

test('a slow sender, or a client that reads no answers, is disconnected and leaks no memory', async t => {
  const receiver = await receiverFor(t, unlimited)
  const before = await receiver.memory()
  const all = Object.entries(SLOWLORIS).flatMap(entry => Array.from({ length: 20 }, () => entry))
  const running = Promise.all(
    all.map(async ([name, one]) => ({
      name,
      ...(await runSlowloris(receiver.port, one, { from: '127.0.0.1', limitMs: 90_000 })),
    })),
  )
  const isOver = running.then(() => true)
  let most = before
  do most = Math.max(most, await receiver.memory())
  while (!(await Promise.race([isOver, sleep(250, false)])))
  const ended = await running
  // After this request the memory of the last ones is free.
  await reportFrom(receiver.port, home, createRandom(1))
  const after = await receiver.memory()
  const slowest = Math.max(...ended.map(({ seconds }) => seconds))
  report(t, 'raw-slowloris', {
    connections: ended.length,
    hung: 0,
    slowestSeconds: Math.round(slowest),
    megabytesMeanwhile: Math.round((most - before) / 1e6),
  })
  for (const { name, statuses } of ended) {
    if (!SLOWLORIS[name]?.deaf)
      assert.ok(
        statuses.every(status => status === 408),
        `${name}: ${statuses}`,
      )
  }
  assert.ok(most - before < 16 * 1024 * 1024, `peak memory: ${before} → ${most}`)
  assert.ok(after - before < 4 * 1024 * 1024, `memory grows: ${before} → ${after}`)
})

test('a thousand idle connections and mixed abuse do not slow down honest devices', async t => {
  const honestDevices = createHonestDevices(100)
  // With the default limits.
  const receiver = await receiverFor(
    t,
    {},
    honestDevices.map(each => each.device),
  )
  const random = createRandom(20_261_127)
  const mixed = startAbuse(t, 'mixed-abuse.ts', receiver.port)
  const pace = await comparePace(t, mixed, () =>
    reportInTurn(receiver.port, honestDevices, random, { perSecond: 80, seconds: 2 }),
  )
  const { quiet, abused, abuse } = pace
  report(t, 'raw-mixed-abuse', {
    ...abuse,
    idleAtOnce: 1_000,
    quietP99Ms: inTenths(quiet),
    abusedP99Ms: inTenths(abused),
  })
  assert.ok(isUnharmed(pace), JSON.stringify(pace))
})

async function receiverFor(t: TestContext, settings: Environment, devices = [device]): Promise<Server> {
  const opened = new AsyncDisposableStack()
  t.after(() => opened.disposeAsync())
  const volumes = opened.use(createVolumes())
  addDevices(volumes, devices)
  return opened.use(await startReceiver(volumes, settings))
}
