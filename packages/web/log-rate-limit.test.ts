import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogRateLimit } from './log-rate-limit.ts'

test('lines beyond the limit are suppressed until the period is over, and then counted', () => {
  let now = 0
  const consume = createLogRateLimit({ lines: 2, linesPerSource: 2, periodMs: 1_000, now: () => now })
  assert.deepEqual([consume('a'), consume('a'), consume('a'), consume('a')], [0, 0, null, null])
  now = 999
  assert.equal(consume('a'), null)
  now = 1_000
  assert.deepEqual([consume('a'), consume('a'), consume('a')], [3, 0, null])
})

test("kinds of lines do not use up each other's limit", () => {
  const consume = createLogRateLimit({ lines: 1, linesPerSource: 1, periodMs: 1_000, now: () => 0 })
  assert.deepEqual([consume('a'), consume('b'), consume('a'), consume('b')], [0, 0, null, null])
})

test('one source does not use up the lines of all', () => {
  let now = 0
  const consume = createLogRateLimit({ lines: 3, linesPerSource: 2, periodMs: 1_000, now: () => now })
  assert.deepEqual([consume('a', 'x'), consume('a', 'x'), consume('a', 'x')], [0, 0, null])
  assert.deepEqual([consume('a', 'y'), consume('a', 'y'), consume('a', 'z')], [0, null, null])
  now = 1_000
  assert.equal(consume('a', 'x'), 3)
})
