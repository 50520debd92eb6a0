import assert from 'node:assert/strict'
import { test } from 'node:test'
import { activityFixture, outage, tenure } from '../fixtures/activity.ts'
import { activityOf, changes, coveredMs, knownSpans, silentSpans } from './activity.ts'

test('entries come newest first and an activity has them oldest first', () => {
  const old = { ...tenure('203.0.113.1', 0, 5), kind: 'tenure' as const }
  const silent = { ...outage(5, 7), kind: 'outage' as const }
  const current = { ...tenure('203.0.113.2', 7, 9), kind: 'tenure' as const }
  const { tenures, outages } = activityOf([current, silent, old] as never, true, true)
  assert.deepEqual(tenures, [old, current])
  assert.deepEqual(outages, [silent])
})

test('with a schedule all time since the first report is known', () => {
  const activity = activityFixture([tenure('203.0.113.1', 10, 20), tenure('203.0.113.2', 30, 40)])
  assert.deepEqual(knownSpans(activity, 100), [{ from: 10, to: 100 }])
})

test('without a schedule only the time from first to last confirmation of an address is known', () => {
  const tenures = [
    tenure('203.0.113.1', 10, 20),
    tenure('2001:db8::1', 15, 25),
    tenure('203.0.113.2', 30, 30),
  ]
  const activity = activityFixture(tenures, [], { hasSchedule: false })
  assert.deepEqual(knownSpans(activity, 100), [
    { from: 10, to: 25 },
    { from: 30, to: 30 },
  ])
})

test('without a tenure nothing is known', () => {
  assert.deepEqual(knownSpans(activityFixture([]), 100), [])
})

test('an outage in progress lasts until now', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 10)], [outage(5, 7), outage(15, null)])
  assert.deepEqual(silentSpans(activity, 100), [
    { from: 5, to: 7 },
    { from: 15, to: 100 },
  ])
})

test('the first address of a family is no change, whichever family began first', () => {
  const tenures = ['203.0.113.1', '2001:db8::1', '203.0.113.2', '203.0.113.1', '2001:db8::2']
  const activity = activityFixture(tenures.map((address, i) => tenure(address, i, i)))
  assert.deepEqual(
    changes(activity).map(({ firstSeen }) => firstSeen),
    [2, 3, 4],
  )
})

test('covered time is cut at both ends of the period', () => {
  const spans = [
    { from: 0, to: 10 },
    { from: 20, to: 30 },
    { from: 50, to: 60 },
  ]
  assert.equal(coveredMs(spans, { from: 5, to: 25 }), 10)
  assert.equal(coveredMs(spans, { from: 10, to: 20 }), 0)
  assert.equal(coveredMs([], { from: 0, to: 10 }), 0)
})
