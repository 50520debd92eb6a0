import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fixture } from '../../fixtures/follower.ts'
import { openFixture, summary } from '../../fixtures/follower.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const names = (count: number) => Array.from({ length: count }, (_, n) => `d${String(n).padStart(4, '0')}`)

/** Reports of these devices every 5 minutes, for a while. */
async function reportFor(fixture: Fixture, devices: readonly string[], ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5 * MINUTE) {
    await fixture.report(...devices.map(device => ({ device })))
    await fixture.pass(5 * MINUTE, 30 * SECOND)
  }
}

/** Devices that were known before the first start, so that only their lateness is announced. */
const before = (devices: readonly string[]) => devices.map(device => ({ device }))

test('a device is late after its deadline and the grace, and not before', async () => {
  await using fixture = await openFixture({ before: before(['home']) })
  await fixture.report({})
  await fixture.pass(449 * SECOND, 5 * SECOND)
  assert.deepEqual(fixture.received(), [])
  await fixture.pass(31 * SECOND, 5 * SECOND)
  const [event, ...more] = fixture.received()
  assert.deepEqual(more, [])
  assert.equal(event?.type, 'device.late')
  assert.equal(event?.type === 'device.late' && event.due, fixture.clock.time - 180 * SECOND)
})

test('late, silent, recovered: three messages, and what changed in the meantime', async () => {
  await using fixture = await openFixture({ before: before(['home']) })
  await fixture.report({})
  await fixture.pass(4 * HOUR, MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['device.late home', 'device.silent home'])
  await fixture.report({ address: '203.0.113.2' })
  await fixture.pass(MINUTE)
  const [recovered, changed, ...more] = fixture.received()
  assert.equal(changed && summary(changed), 'address.changed home 203.0.113.1 → 203.0.113.2')
  assert.deepEqual(more, [])
  assert.ok(recovered?.type === 'device.recovered')
  assert.equal(recovered.at, fixture.clock.time - MINUTE)
  assert.deepEqual(
    recovered.changes.map(({ previous, address }) => [previous, address]),
    [['203.0.113.1', '203.0.113.2']],
  )
})

test('ALERT_REMIND repeats that a device is silent', async () => {
  await using fixture = await openFixture({ before: before(['home']), remindMs: HOUR })
  await fixture.report({})
  await fixture.pass(5.5 * HOUR, MINUTE)
  const events = fixture.received()
  assert.deepEqual(
    events.map(event => (event.type === 'device.silent' ? event.reminder : event.type)),
    ['device.late', 0, 1, 2, 3],
  )
  assert.equal(new Set(events.map(({ id }) => id)).size, 5)
})

test('ALERT_AFTER holds lateness back; a device that reports until then is never announced', async () => {
  await using fixture = await openFixture({ before: before(['home']), afterMs: HOUR })
  await fixture.report({})
  await fixture.pass(HOUR, MINUTE)
  await fixture.report({})
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received(), [])
  await fixture.pass(67 * MINUTE, MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
})

test('a device that promises nothing is never late; one that shortens its interval is late by the new one', async () => {
  await using fixture = await openFixture({ before: before(['home', 'router']) })
  await fixture.report({ device: 'home', interval: null }, { device: 'router', interval: 86_400 })
  await fixture.pass(HOUR, MINUTE)
  await fixture.report({ device: 'router', interval: 60 })
  await fixture.pass(15 * MINUTE, 30 * SECOND)
  assert.deepEqual(fixture.received().map(summary), ['device.late router'])
})

test('the receiver down for 10 minutes with 1,000 devices: no late message', async () => {
  const devices = names(1_000)
  await using fixture = await openFixture({ before: before(devices) })
  await reportFor(fixture, devices, 5 * MINUTE)
  fixture.receiverIsUp = false
  await fixture.pass(10 * MINUTE, 15 * SECOND)
  fixture.receiverIsUp = true
  await fixture.pass(5 * MINUTE, 15 * SECOND)
  await reportFor(fixture, devices, 10 * MINUTE)
  assert.deepEqual(fixture.received(), [])
})

test('a device that does not come back after the downtime of the server is late, once', async () => {
  await using fixture = await openFixture({ before: before(['home']) })
  await fixture.report({})
  await fixture.pass(MINUTE, 10 * SECOND)
  fixture.receiverIsUp = false
  await fixture.pass(3 * DAY, HOUR)
  fixture.receiverIsUp = true
  await fixture.pass(7 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received(), [])
  await fixture.pass(HOUR, MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
})

test('the notifier and the receiver down together, as at a reboot: no late message', async () => {
  await using fixture = await openFixture({ before: before(['home']) })
  await fixture.report({})
  await fixture.pass(2 * MINUTE, 10 * SECOND)
  fixture.clock.time += HOUR
  await fixture.restart()
  await fixture.pass(5 * MINUTE, 10 * SECOND)
  await fixture.report({})
  await fixture.pass(5 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received(), [])
})

test('half of the devices cut off at once are one message, silent or back again too', async () => {
  const devices = names(14)
  const [cut, others] = [devices.slice(0, 12), devices.slice(12)]
  await using fixture = await openFixture({ before: before(devices) })
  await reportFor(fixture, devices, 10 * MINUTE)
  await reportFor(fixture, others, 20 * MINUTE)
  const [event, ...more] = fixture.received()
  assert.deepEqual(more, [])
  assert.ok(event?.type === 'devices.late')
  assert.deepEqual([event.count, event.expected, event.devices], [12, 14, cut])

  await reportFor(fixture, devices, 20 * MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['devices.recovered 12'])
})

test('fewer than half of the devices, or fewer than five, are announced one by one', async () => {
  const devices = names(14)
  await using fixture = await openFixture({ before: before(devices) })
  await reportFor(fixture, devices, 10 * MINUTE)
  await reportFor(fixture, devices.slice(6), 20 * MINUTE)
  assert.deepEqual(
    fixture.received().map(summary).sort(),
    devices.slice(0, 6).map(device => `device.late ${device}`),
  )
  await reportFor(fixture, devices.slice(10), 20 * MINUTE)
  assert.equal(fixture.received().length, 4)
})

test('a group that stays silent is one message again', async () => {
  const devices = names(6)
  await using fixture = await openFixture({ before: before(devices) })
  await reportFor(fixture, devices, 10 * MINUTE)
  await fixture.pass(3 * HOUR, MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['devices.late 6', 'devices.silent 6'])
})

test('what was announced as late is not announced again after a restart, and its end is', async () => {
  await using fixture = await openFixture({ before: before(['home']) })
  await fixture.report({})
  await fixture.pass(10 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
  await fixture.restart()
  await fixture.pass(10 * MINUTE, 10 * SECOND)
  await fixture.report({})
  await fixture.pass(MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received().map(summary), ['device.recovered home'])
})

test('a device that was late before the first start is not announced, and neither is its return', async () => {
  await using fixture = await openFixture({ before: [{ at: Date.UTC(2025, 0, 1) }] })
  await fixture.pass(2 * DAY, HOUR)
  await fixture.report({})
  await fixture.pass(5 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received(), [])
  await fixture.pass(20 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
})
