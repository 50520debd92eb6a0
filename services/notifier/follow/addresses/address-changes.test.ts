import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFixture, summary } from '../../fixtures/follower.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const one = '203.0.113.1'
const two = '203.0.113.2'
const v6 = '2001:db8::1'

test('a new address is announced after 20 s, and published at once', async () => {
  await using fixture = await openFixture({ before: [{ address: one, interval: null }] })
  await fixture.pass(MINUTE)
  await fixture.report({ address: two, interval: null })
  await fixture.round()
  assert.equal(fixture.publisher.sent.length, 1)
  assert.deepEqual(fixture.received(), [])
  await fixture.pass(19 * SECOND)
  assert.deepEqual(fixture.received(), [])
  await fixture.pass(SECOND)
  assert.deepEqual(fixture.received().map(summary), [`address.changed home ${one} → ${two}`])
  await fixture.pass(HOUR, MINUTE)
  assert.deepEqual(fixture.received(), [])
})

test('both families within 20 s are one message; its identity is that of the first part', async () => {
  await using fixture = await openFixture()
  const at = fixture.clock.time + SECOND
  await fixture.pass(SECOND)
  await fixture.report({ address: one, interval: null })
  await fixture.pass(5 * SECOND)
  await fixture.report({ address: v6, interval: null })
  await fixture.pass(MINUTE)
  const [event, ...more] = fixture.received()
  assert.equal(event?.id, `address-changed_home_4_${at}`)
  assert.equal(event && summary(event), `address.changed home null → ${one}, null → ${v6}`)
  assert.deepEqual(more, [])
})

test('the other family after 20 s is a message of its own', async () => {
  await using fixture = await openFixture()
  await fixture.report({ address: one, interval: null })
  await fixture.pass(30 * SECOND)
  await fixture.report({ address: v6, interval: null })
  await fixture.pass(30 * SECOND)
  assert.equal(fixture.received().length, 2)
})

test('an event that waits for the other family survives a restart, with its identity', async () => {
  await using fixture = await openFixture()
  await fixture.report({ address: one, interval: null })
  await fixture.round()
  await fixture.restart()
  await fixture.report({ address: v6, at: fixture.clock.time + 1, interval: null })
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received().map(summary), [`address.changed home null → ${one}, null → ${v6}`])
})

test('a change that began before the newest one is announced too', async () => {
  await using fixture = await openFixture()
  await fixture.pass(2 * HOUR, MINUTE)
  await fixture.report({ device: 'a', interval: null })
  await fixture.pass(MINUTE)
  await fixture.report({ device: 'b', at: fixture.clock.time - HOUR, interval: null })
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received().map(summary), [
    `address.changed a null → ${one}`,
    `address.changed b null → ${one}`,
  ])
})

test('A, B, A over days is three messages with three identities', async () => {
  await using fixture = await openFixture()
  for (const address of [one, two, one]) {
    await fixture.report({ address, interval: null })
    await fixture.pass(DAY, HOUR)
  }
  const events = fixture.received()
  assert.deepEqual(events.map(summary), [
    `address.changed home null → ${one}`,
    `address.changed home ${one} → ${two}`,
    `address.changed home ${two} → ${one}`,
  ])
  assert.equal(new Set(events.map(({ id }) => id)).size, 3)
})

test('a contested address is announced once an hour, not at each change; the result is announced at the end', async () => {
  await using fixture = await openFixture({ before: [{ address: one, interval: null }] })
  const flap = async (minutes: number) => {
    for (let n = 0; n < minutes; n++) {
      await fixture.pass(MINUTE, 10 * SECOND)
      await fixture.report({ address: n % 2 === 0 ? two : one, interval: null })
    }
    await fixture.pass(MINUTE, 10 * SECOND)
  }
  await flap(3)
  assert.deepEqual(fixture.received().map(summary), [
    `address.changed home ${one} → ${two}`,
    'device.contested home',
    `address.changed home ${two} → ${one}`,
  ])
  await flap(120)
  const later = fixture.received().map(summary)
  assert.deepEqual(new Set(later), new Set(['device.contested home']))
  assert.ok(later.length <= 2, later.join())

  await fixture.report({ address: two, interval: null })
  await fixture.pass(3 * HOUR, MINUTE)
  assert.deepEqual(fixture.received().map(summary), [`address.changed home ${one} → ${two}`])
})

test('the first start announces nothing older than itself, in a database with a year of history', async () => {
  const start = Date.UTC(2026, 10, 25, 12)
  const before = Array.from({ length: 365 }, (_, day) => ({
    address: `203.0.113.${day % 2}`,
    at: start - (366 - day) * DAY,
  }))
  await using fixture = await openFixture({ before })
  await fixture.pass(2 * DAY, HOUR)
  assert.deepEqual(fixture.received(), [])
  assert.deepEqual(fixture.publisher.sent, [])
  await fixture.report({ address: two })
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received().map(summary), [`address.changed home 203.0.113.0 → ${two}`])
})

test('nothing is repeated after restarts', async () => {
  await using fixture = await openFixture()
  await fixture.report({ address: one }, { device: 'b' })
  for (let n = 0; n < 10; n++) {
    await fixture.pass(2 * MINUTE, 10 * SECOND)
    await fixture.restart()
  }
  const events = fixture.received()
  assert.equal(events.length, 4, events.map(summary).join('\n'))
  assert.equal(new Set(events.map(({ id }) => id)).size, 4)
})

test('ALERT_ON chooses the messages, and not what is published', async () => {
  await using fixture = await openFixture({ alertOn: ['device.late'] })
  await fixture.report({ address: one })
  await fixture.pass(15 * MINUTE, 15 * SECOND)
  await fixture.report({ address: two })
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received().map(summary), ['device.late home'])
  assert.equal(fixture.publisher.sent.length, 2)
})

test('a clock that is set back delays neither changes nor lateness', async () => {
  await using fixture = await openFixture({ before: [{}] })
  await fixture.pass(2 * HOUR, MINUTE)
  await fixture.report({})
  await fixture.pass(MINUTE)
  fixture.received()
  fixture.clock.time -= HOUR
  await fixture.report({ device: 'other' })
  await fixture.pass(10 * MINUTE, 10 * SECOND)
  assert.deepEqual(fixture.received().map(summary), [
    `address.changed other null → ${one}`,
    'device.late other',
  ])
})
