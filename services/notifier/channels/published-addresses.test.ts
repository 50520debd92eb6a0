import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { openFixture } from '../fixtures/follower.ts'
import { addressReader } from './published-addresses.ts'

const HOUR = 3_600_000
const home = parseDeviceName('home')
const [one, two] = ['203.0.113.1', '203.0.113.2'] as const

test('the addresses that a device has now are read, and none once it is deleted', async () => {
  await using fixture = await openFixture()
  const addressesOf = addressReader(fixture.reader, fixture.clock.now)
  assert.deepEqual(await addressesOf(home), [])
  await fixture.report({ address: one }, { address: '2001:db8::1', at: fixture.clock.time + 1 })
  assert.deepEqual(await addressesOf(home), [
    { family: 4, address: one, contestedUntil: null },
    { family: 6, address: '2001:db8::1', contestedUntil: null },
  ])
  await fixture.forget('home')
  assert.deepEqual(await addressesOf(home), [])
})

test('an address that came back within the hour is contested for an hour', async () => {
  await using fixture = await openFixture()
  const addressesOf = addressReader(fixture.reader, fixture.clock.now)
  for (const address of [one, two, one]) {
    fixture.clock.time += 60_000
    await fixture.report({ address })
  }
  const until = fixture.clock.time + HOUR
  assert.deepEqual(await addressesOf(home), [{ family: 4, address: one, contestedUntil: until }])
  fixture.clock.time = until + 1
  assert.deepEqual(await addressesOf(home), [{ family: 4, address: one, contestedUntil: null }])
})
