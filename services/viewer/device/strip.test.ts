import assert from 'node:assert/strict'
import { test } from 'node:test'
import { activityFixture, outage, tenure } from '../fixtures/activity.ts'
import type { Activity } from './activity.ts'
import { strip } from './strip.ts'

const day = 86_400_000
const days = [0, 1, 2, 3].map(i => ({ from: i * day, to: (i + 1) * day }))
const states = (activity: Activity, now = 4 * day) => strip(activity, days, now).map(({ state }) => state)

test('a day is unknown before the first report and reported from then on', () => {
  const activity = activityFixture([tenure('203.0.113.1', 1.5 * day, 3.9 * day, true)])
  assert.deepEqual(states(activity), ['unknown', 'reported', 'reported', 'reported'])
})

test('a day with an outage is partly reported, and silent if nothing else of it is known', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 3 * day, true)], [outage(0.5 * day, 2 * day)])
  assert.deepEqual(states(activity), ['partly', 'silent', 'reported', 'reported'])
})

test('an outage of a millisecond makes a day partly reported', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 4 * day, true)], [outage(day, day + 1)])
  assert.deepEqual(states(activity), ['reported', 'partly', 'reported', 'reported'])
})

test('today is silent if the outage in progress covers it so far', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 2.5 * day, true)], [outage(2.6 * day, null)])
  assert.deepEqual(states(activity, 3.5 * day), ['reported', 'reported', 'partly', 'silent'])
})

test('the day of the first report is silent from its outage on, not before it was known', () => {
  const activity = activityFixture(
    [tenure('203.0.113.1', 0.5 * day, 0.5 * day, true)],
    [outage(0.5 * day, null)],
  )
  assert.deepEqual(states(activity), ['silent', 'silent', 'silent', 'silent'])
})

test('without a schedule a day without a confirmed address is unknown', () => {
  const tenures = [
    tenure('203.0.113.1', 0.5 * day, 0.5 * day),
    tenure('203.0.113.2', 2.2 * day, 2.4 * day, true),
  ]
  const activity = activityFixture(tenures, [], { hasSchedule: false })
  assert.deepEqual(states(activity), ['reported', 'unknown', 'reported', 'unknown'])
})

test('a change counts on the day on which the new address began', () => {
  const tenures = [0, 1, 1.5, 2].map((at, i) => tenure(`203.0.113.${i}`, at * day, at * day))
  const changes = strip(activityFixture(tenures), days, 4 * day).map(day => day.changes)
  assert.deepEqual(changes, [0, 2, 1, 0])
})
