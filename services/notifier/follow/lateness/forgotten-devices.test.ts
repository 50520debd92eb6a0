import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { openFixture, summary } from '../../fixtures/follower.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const [one, two] = ['203.0.113.1', '203.0.113.2'] as const
const home = parseDeviceName('home')

test('a forgotten device that was announced as late is not announced again', async () => {
  await using fixture = await openFixture({ before: [{}], silentMs: 20 * MINUTE, remindMs: 20 * MINUTE })
  await fixture.report({})
  await fixture.pass(10 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
  await fixture.forget('home')
  await fixture.pass(2 * HOUR, MINUTE)
  assert.deepEqual(fixture.received(), [])
  assert.deepEqual(await fixture.outbox.transaction(t => t.outagesBetween(null, null)), [])
})

test('a device that was forgotten while the notifier was down is not announced again', async () => {
  await using fixture = await openFixture({ before: [{}], silentMs: 20 * MINUTE, remindMs: 20 * MINUTE })
  await fixture.report({})
  await fixture.pass(10 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
  await fixture.forget('home')
  await fixture.restart()
  await fixture.pass(2 * HOUR, MINUTE)
  assert.deepEqual(fixture.received(), [])
  assert.deepEqual(await fixture.outbox.transaction(t => t.outagesBetween(null, null)), [])
})

test('a new device with the name of a forgotten one has its first address, and has not recovered', async () => {
  await using fixture = await openFixture()
  await fixture.report({ address: one })
  await fixture.pass(2 * HOUR, MINUTE)
  assert.deepEqual(fixture.received().map(summary), [
    `address.changed home null → ${one}`,
    'device.late home',
  ])
  await fixture.forget('home')
  await fixture.pass(MINUTE)
  assert.equal(await fixture.outbox.transaction(t => t.addressOf(home, 4)), null)
  await fixture.report({ address: two })
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received().map(summary), [`address.changed home null → ${two}`])
})

test('a renamed device: the old name is silent until it is forgotten, the new one has its first address', async () => {
  await using fixture = await openFixture({
    before: [{ device: 'old' }],
    silentMs: 20 * MINUTE,
    remindMs: 20 * MINUTE,
  })
  await fixture.report({ device: 'old' })
  await fixture.pass(MINUTE)
  for (let n = 0; n < 6; n++) {
    await fixture.report({ device: 'new' })
    await fixture.pass(5 * MINUTE, 30 * SECOND)
  }
  assert.deepEqual(fixture.received().map(summary), [
    `address.changed new null → ${one}`,
    'device.late old',
    'device.silent old',
  ])
  await fixture.forget('old')
  for (let n = 0; n < 6; n++) {
    await fixture.report({ device: 'new' })
    await fixture.pass(5 * MINUTE, 30 * SECOND)
  }
  assert.deepEqual(fixture.received(), [])
})

test('a late device that is forgotten before its message is not announced', async () => {
  const devices = ['a', 'b', 'c', 'd', 'e', 'f'].map(device => ({ device }))
  await using fixture = await openFixture({ before: devices })
  await fixture.report(...devices)
  await fixture.pass(7 * MINUTE + 40 * SECOND, 10 * SECOND)
  assert.deepEqual(fixture.received(), [], 'the late devices still wait for others')
  await fixture.forget('c')
  await fixture.pass(MINUTE, 10 * SECOND)
  const [event, ...more] = fixture.received()
  assert.deepEqual(more, [])
  assert.ok(event?.type === 'devices.late')
  assert.deepEqual(event.devices, ['a', 'b', 'd', 'e', 'f'])
})

test('a group that stays silent does not count a device that was forgotten', async () => {
  const devices = ['a', 'b', 'c', 'd', 'e', 'f'].map(device => ({ device }))
  await using fixture = await openFixture({ before: devices })
  await fixture.report(...devices)
  await fixture.pass(HOUR, MINUTE)
  await fixture.forget('c')
  await fixture.pass(3 * HOUR, MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['devices.late 6', 'devices.silent 5'])
})

test('a device that waits for a report is not missed after it was forgotten', async () => {
  await using fixture = await openFixture({ before: [{}, { device: 'other', interval: null }] })
  await fixture.report({})
  await fixture.pass(MINUTE, 10 * SECOND)
  await fixture.forget('home')
  await fixture.pass(2 * HOUR, MINUTE)
  assert.deepEqual(fixture.received(), [])
})
