import assert from 'node:assert/strict'
import { test } from 'node:test'
import { activityFixture, outage, tenure } from '../fixtures/activity.ts'
import { figures } from './figures.ts'

const within = { from: 100, to: 200 }

test('the reported part is that of the known time, without the outages in the period', () => {
  const activity = activityFixture(
    [tenure('203.0.113.1', 120, 190, true)],
    [outage(140, 150), outage(190, null)],
  )
  assert.equal(figures(activity, within).reported, 0.75)
})

test('an outage that began before the period counts, with its whole length, and one that ended before does not', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 190, true)], [outage(10, 100), outage(50, 110)])
  const { reported, outages, longestOutageMs } = figures(activity, within)
  assert.deepEqual({ reported, outages, longestOutageMs }, { reported: 0.9, outages: 1, longestOutageMs: 60 })
})

test('without a schedule nothing can be said about the reported part', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 190, true)], [], { hasSchedule: false })
  assert.equal(figures(activity, within).reported, null)
})

test('without a report there is nothing to say', () => {
  assert.deepEqual(figures(activityFixture([]), within), {
    reported: null,
    outages: 0,
    longestOutageMs: 0,
    changes: 0,
    medianTenureMs: null,
    since: null,
  })
})

test('changes are those in the period, also if the address before is older', () => {
  const tenures = [
    tenure('203.0.113.1', 0, 50),
    tenure('203.0.113.2', 50, 120),
    tenure('203.0.113.3', 120, 190),
  ]
  assert.equal(figures(activityFixture(tenures), within).changes, 1)
})

test('the median is that of the addresses that were replaced', () => {
  const ended = [tenure('203.0.113.1', 100, 110), tenure('203.0.113.2', 110, 140)]
  const current = tenure('203.0.113.9', 150, 200, true)
  assert.equal(figures(activityFixture([...ended, current]), within).medianTenureMs, 20)
  const third = tenure('203.0.113.3', 140, 145)
  assert.equal(figures(activityFixture([...ended, third, current]), within).medianTenureMs, 10)
  assert.equal(figures(activityFixture([current]), within).medianTenureMs, null)
})
