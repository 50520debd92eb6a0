import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOON } from '../../fixtures/events.ts'
import { nextLiveness } from './liveness.ts'

const SECOND = 1_000

test('signs of life without a gap leave the beginning; a gap of more than 90 s is a new beginning', () => {
  const first = nextLiveness(null, NOON)
  assert.deepEqual(first, { touchedAt: NOON, upSince: NOON })
  const second = nextLiveness(first, NOON + 90 * SECOND)
  assert.deepEqual(second, { touchedAt: NOON + 90 * SECOND, upSince: NOON })
  assert.equal(nextLiveness(second, NOON + 180 * SECOND + 1).upSince, NOON + 180 * SECOND + 1)
  assert.equal(nextLiveness(second, NOON + 90 * SECOND).upSince, NOON)
})

test('a clock that was set back is a new beginning', () => {
  const before = { touchedAt: NOON, upSince: NOON - 9 * SECOND }
  assert.deepEqual(nextLiveness(before, NOON - 1), { touchedAt: NOON - 1, upSince: NOON - 1 })
})
