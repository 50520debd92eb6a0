import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressFixture } from '../fixtures/address.ts'
import { byUrgency, needsALook, STATES, statesOf } from './state.ts'

const minute = 60_000
const day = 86_400_000
/** Promises a report every 5 minutes: due at 5 minutes, late after 7.5. */
const reporting = addressFixture({ reportedAt: 0, dueAt: 5 * minute, lateAfter: 7.5 * minute })

test('a device is up to date until the grace period of its next report is over', () => {
  assert.deepEqual(statesOf([reporting], 0), ['up-to-date'])
  assert.deepEqual(statesOf([reporting], 7.5 * minute), ['up-to-date'])
  assert.deepEqual(statesOf([reporting], 7.5 * minute + 1), ['late'])
})

test('a late device is silent more than 24 hours after its last report', () => {
  assert.deepEqual(statesOf([reporting], day), ['late'])
  assert.deepEqual(statesOf([reporting], day + 1), ['silent'])
})

test('a device that promises no report is never late', () => {
  const byHand = addressFixture({ interval: null, dueAt: null, lateAfter: null })
  assert.deepEqual(statesOf([byHand], 400 * day), ['by-hand'])
})

test('two senders are a state of the device, even if only one family shows them', () => {
  const flipped = addressFixture({ family: 6, flips: 1, flippedAt: 0 })
  assert.deepEqual(statesOf([reporting, flipped], 59 * minute), ['late', 'contested'])
  assert.deepEqual(statesOf([reporting, flipped], 1), ['contested'])
  assert.deepEqual(statesOf([reporting, flipped], 60 * minute), ['late'])
})

test('only a device that is up to date or reports by hand needs no look', () => {
  assert.deepEqual(
    STATES.filter(state => !needsALook(state)),
    ['by-hand', 'up-to-date'],
  )
})

test('silent devices come first and those that are up to date come last', () => {
  assert.deepEqual([...STATES].reverse().sort(byUrgency), [...STATES])
})
