import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inShort, openStage } from '../fixtures/follower.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const one = '203.0.113.1'
const two = '203.0.113.2'
const v6 = '2001:db8::1'

test('a new address is announced after 20 s, and published at once', async () => {
  await using stage = await openStage({ before: [{ address: one, interval: null }] })
  await stage.pass(MINUTE)
  await stage.report({ address: two, interval: null })
  await stage.round()
  assert.equal(stage.publisher.sent.length, 1)
  assert.deepEqual(stage.news(), [])
  await stage.pass(19 * SECOND)
  assert.deepEqual(stage.news(), [])
  await stage.pass(SECOND)
  assert.deepEqual(stage.news().map(inShort), [`address.changed home ${one} → ${two}`])
  await stage.pass(HOUR, MINUTE)
  assert.deepEqual(stage.news(), [])
})

test('both families within 20 s are one message; its identity is that of the first part', async () => {
  await using stage = await openStage()
  const at = stage.clock.time + SECOND
  await stage.pass(SECOND)
  await stage.report({ address: one, interval: null })
  await stage.pass(5 * SECOND)
  await stage.report({ address: v6, interval: null })
  await stage.pass(MINUTE)
  const [event, ...more] = stage.news()
  assert.equal(event?.id, `address-changed_home_4_${at}`)
  assert.equal(event && inShort(event), `address.changed home null → ${one}, null → ${v6}`)
  assert.deepEqual(more, [])
})

test('the other family after 20 s is a message of its own', async () => {
  await using stage = await openStage()
  await stage.report({ address: one, interval: null })
  await stage.pass(30 * SECOND)
  await stage.report({ address: v6, interval: null })
  await stage.pass(30 * SECOND)
  assert.equal(stage.news().length, 2)
})

test('an event that waits for the other family survives a restart, with its identity', async () => {
  await using stage = await openStage()
  await stage.report({ address: one, interval: null })
  await stage.round()
  await stage.restart()
  await stage.report({ address: v6, at: stage.clock.time + 1, interval: null })
  await stage.pass(MINUTE)
  assert.deepEqual(stage.news().map(inShort), [`address.changed home null → ${one}, null → ${v6}`])
})

test('a first-seen time behind the newest one is announced all the same', async () => {
  await using stage = await openStage()
  await stage.pass(2 * HOUR, MINUTE)
  await stage.report({ device: 'a', interval: null })
  await stage.pass(MINUTE)
  await stage.report({ device: 'b', at: stage.clock.time - HOUR, interval: null })
  await stage.pass(MINUTE)
  assert.deepEqual(stage.news().map(inShort), [
    `address.changed a null → ${one}`,
    `address.changed b null → ${one}`,
  ])
})

test('A, B, A over days is three messages with three identities', async () => {
  await using stage = await openStage()
  for (const address of [one, two, one]) {
    await stage.report({ address, interval: null })
    await stage.pass(DAY, HOUR)
  }
  const events = stage.news()
  assert.deepEqual(events.map(inShort), [
    `address.changed home null → ${one}`,
    `address.changed home ${one} → ${two}`,
    `address.changed home ${two} → ${one}`,
  ])
  assert.equal(new Set(events.map(({ id }) => id)).size, 3)
})

test('two senders are told once an hour, not by each change; the outcome is told at the end', async () => {
  await using stage = await openStage({ before: [{ address: one, interval: null }] })
  const flap = async (minutes: number) => {
    for (let n = 0; n < minutes; n++) {
      await stage.pass(MINUTE, 10 * SECOND)
      await stage.report({ address: n % 2 === 0 ? two : one, interval: null })
    }
    await stage.pass(MINUTE, 10 * SECOND)
  }
  await flap(3)
  assert.deepEqual(stage.news().map(inShort), [
    `address.changed home ${one} → ${two}`,
    'device.contested home',
    `address.changed home ${two} → ${one}`,
  ])
  await flap(120)
  const later = stage.news().map(inShort)
  assert.deepEqual(new Set(later), new Set(['device.contested home']))
  assert.ok(later.length <= 2, later.join())

  await stage.report({ address: two, interval: null })
  await stage.pass(3 * HOUR, MINUTE)
  assert.deepEqual(stage.news().map(inShort), [`address.changed home ${one} → ${two}`])
})

test('the first start announces nothing older than itself, in a database with a year of history', async () => {
  const start = Date.UTC(2026, 10, 25, 12)
  const before = Array.from({ length: 365 }, (_, day) => ({
    address: `203.0.113.${day % 2}`,
    at: start - (366 - day) * DAY,
  }))
  await using stage = await openStage({ before })
  await stage.pass(2 * DAY, HOUR)
  assert.deepEqual(stage.news(), [])
  assert.deepEqual(stage.publisher.sent, [])
  await stage.report({ address: two })
  await stage.pass(MINUTE)
  assert.deepEqual(stage.news().map(inShort), [`address.changed home 203.0.113.0 → ${two}`])
})

test('nothing is repeated after restarts', async () => {
  await using stage = await openStage()
  await stage.report({ address: one }, { device: 'b' })
  for (let n = 0; n < 10; n++) {
    await stage.pass(2 * MINUTE, 10 * SECOND)
    await stage.restart()
  }
  const events = stage.news()
  assert.equal(events.length, 4, events.map(inShort).join('\n'))
  assert.equal(new Set(events.map(({ id }) => id)).size, 4)
})

test('ALERT_ON chooses the messages, and not what is published', async () => {
  await using stage = await openStage({ alertOn: ['device.late'] })
  await stage.report({ address: one })
  await stage.pass(15 * MINUTE, 15 * SECOND)
  await stage.report({ address: two })
  await stage.pass(MINUTE)
  assert.deepEqual(stage.news().map(inShort), ['device.late home'])
  assert.equal(stage.publisher.sent.length, 2)
})
