import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUpdate, parseAddress, parseProblem, verifyAnswer } from '@ipupdater/protocol'
import { StorageError } from '@ipupdater/storage'
import { homeSecret, signed } from './fixtures/device.ts'
import type { Answer } from './fixtures/http.ts'
import type { RunningReceiver } from './fixtures/receiver.ts'
import { startReceiver } from './fixtures/receiver.ts'

const here = '192.31.196.7'
const elsewhere = '192.31.196.8'
/** The limits as they are by default. */
const limits = { unsignedPerPrefix: 20, unsignedPerDevice: 5, unsigned: 1000, signedPerDevice: 20 }

const unsigned = { headers: {}, body: 'flood' }
const forged = (receiver: RunningReceiver) => update(receiver, here, 'a secret that is guessed')

for (const [kind, message] of [
  ['unsigned messages', () => unsigned],
  ['messages forged under its name', forged],
] as const) {
  test(`a device is never refused because of ${kind} from its own public address`, async t => {
    const receiver = await startReceiver(t, { limits })
    for (let round = 0; round < 8; round++) {
      await receiver.repeat(50, () => receiver.send('/update', message(receiver), { from: here }))
      await receiver.report({ from: here })
      receiver.pass(1000)
    }
  })
}

test('a device is never refused because its newest message is repeated from its own public address', async t => {
  const receiver = await startReceiver(t, { limits })
  for (let round = 0; round < 8; round++) {
    const newest = update(receiver)
    await receiver.send('/update', newest, { from: here })
    receiver.pass(1)
    const answers = await receiver.repeat(50, () => receiver.send('/update', newest, { from: here }))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    await receiver.report({ from: here })
    const older = await receiver.repeat(50, () => receiver.send('/update', newest, { from: here }))
    assert.deepEqual(new Set(older.map(codeOf)), new Set(['not-newer']))
    receiver.pass(2000)
  }
})

test('a repeated message and one that is not newer change no log line, no metric and no version', async t => {
  const receiver = await startReceiver(t)
  const first = update(receiver)
  await receiver.send('/update', first, { from: here })
  const before = [[...receiver.lines], [...receiver.counted], await receiver.reader.version()]
  receiver.pass(1)
  await receiver.repeat(10, () => receiver.send('/update', first, { from: here }))
  const sameTime = signed('ipupdater-update', first.body, { created: 1 })
  assert.equal(codeOf(await receiver.send('/update', sameTime, { from: here })), 'not-newer')
  assert.deepEqual([receiver.lines, receiver.counted, await receiver.reader.version()], before)
})

test('a prefix without a signature that holds gets 429 at its limit, another one does not', async t => {
  const receiver = await startReceiver(t, { limits })
  const answers = await receiver.repeat(21, () => receiver.send('/update', unsigned, { from: here }))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array(20).fill(400), 429],
  )
  const last = answers.at(-1) as Answer
  assert.equal(codeOf(last), 'rate-limited')
  assert.match(String(last.headers['retry-after']), /^([1-9]|10)$/)
  assert.equal((await receiver.send('/update', unsigned, { from: elsewhere })).status, 400)
})

test('all addresses of an IPv6 /64 share a limit, those of another /64 do not', async t => {
  const receiver = await startReceiver(t, { limits })
  for (let i = 0; i < 20; i++) await receiver.send('/update', unsigned, { from: `2001:4:112::${i + 1}` })
  assert.equal((await receiver.send('/update', unsigned, { from: '2001:4:112::99' })).status, 429)
  assert.equal((await receiver.send('/update', unsigned, { from: '2001:4:112:1::99' })).status, 400)
})

test('failed signatures under one name get 429 at their limit', async t => {
  const receiver = await startReceiver(t, { limits })
  const answers = await receiver.repeat(7, () =>
    receiver.send('/update', forged(receiver), { from: elsewhere }),
  )
  assert.deepEqual(answers.map(codeOf), [
    ...Array(5).fill('not-authenticated'),
    'rate-limited',
    'rate-limited',
  ])
})

test('forgeries from ever new prefixes meet the total limit, and the device does not', async t => {
  const receiver = await startReceiver(t, { limits: { ...limits, unsigned: 100 } })
  let prefix = 0
  const fromNewPrefix = () =>
    receiver.send('/update', forged(receiver), { from: `2001:4:112:${++prefix}::1` })
  const answers = await receiver.repeat(101, fromNewPrefix)
  assert.deepEqual(answers.map(codeOf), [...Array(100).fill('not-authenticated'), 'rate-limited'])
  await receiver.report({ from: here })
  await receiver.report({ from: '2001:4:112:5::2' })
})

test('a prefix that is over its own limit does not use up the total', async t => {
  const receiver = await startReceiver(t, { limits: { ...limits, unsigned: 30 } })
  await receiver.repeat(50, () => receiver.send('/update', unsigned, { from: here }))
  assert.equal((await receiver.send('/update', unsigned, { from: elsewhere })).status, 400)
})

test('a device that sends too often gets a signed 429, from this prefix alone', async t => {
  const receiver = await startReceiver(t, { limits })
  for (let i = 0; i < 10; i++) {
    await receiver.report({ from: here })
    receiver.pass(1)
  }
  for (const path of ['/ip', '/update'] as const) {
    const message = path === '/ip' ? signed('ipupdater-ip', '{}') : update(receiver)
    const answer = await receiver.send(path, message, { from: here })
    assert.equal(codeOf(answer), 'rate-limited')
    verifyAnswer(answer, message.request, homeSecret)
  }
  await receiver.report({ from: elsewhere })
})

test('what the device cannot help costs it nothing', async t => {
  for (const failure of [new StorageError('full', 'no space'), new TypeError('boom')]) {
    const commit = () => Promise.reject(failure)
    const receiver = await startReceiver(t, { commit, limits: { ...limits, signedPerDevice: 2 } })
    await receiver.repeat(3, () => receiver.send('/update', update(receiver), { from: here }))
    assert.equal((await receiver.send('/ip', signed('ipupdater-ip', '{}'), { from: here })).status, 200)
  }
})

test('a device over its limit does not use up the one of its neighbours without a signature', async t => {
  const receiver = await startReceiver(t, { limits: { ...limits, unsignedPerPrefix: 1, signedPerDevice: 1 } })
  await receiver.repeat(5, () => receiver.send('/ip', signed('ipupdater-ip', '{}'), { from: here }))
  assert.equal((await receiver.send('/ip', unsigned, { from: here })).status, 400)
})

test('after the window every limit begins again', async t => {
  const receiver = await startReceiver(t, { limits: { ...limits, unsignedPerPrefix: 1 } })
  const statuses = []
  for (const ms of [0, 0, 9_999, 1]) {
    receiver.pass(ms)
    statuses.push((await receiver.send('/update', unsigned, { from: here })).status)
  }
  assert.deepEqual(statuses, [400, 429, 429, 400])
})

function update(receiver: RunningReceiver, address = here, secret: string = homeSecret) {
  const body = encodeUpdate({ address: parseAddress(address), timestamp: receiver.now() })
  return signed('ipupdater-update', body, { secret })
}

function codeOf(answer: Answer): string | undefined {
  return parseProblem(String(answer.body))?.code
}
