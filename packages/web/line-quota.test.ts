import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLineQuota } from './line-quota.ts'

test('lines beyond the quota are refused until the stretch is over, and then counted', () => {
  let now = 0
  const quota = createLineQuota({ lines: 2, linesPerSource: 2, everyMs: 1_000, now: () => now })
  assert.deepEqual([quota('a'), quota('a'), quota('a'), quota('a')], [0, 0, null, null])
  now = 999
  assert.equal(quota('a'), null)
  now = 1_000
  assert.deepEqual([quota('a'), quota('a'), quota('a')], [3, 0, null])
})

test('kinds do not use up the quota of one another', () => {
  const quota = createLineQuota({ lines: 1, linesPerSource: 1, everyMs: 1_000, now: () => 0 })
  assert.deepEqual([quota('a'), quota('b'), quota('a'), quota('b')], [0, 0, null, null])
})

test('one source does not use up the lines of all', () => {
  let now = 0
  const quota = createLineQuota({ lines: 3, linesPerSource: 2, everyMs: 1_000, now: () => now })
  assert.deepEqual([quota('a', 'x'), quota('a', 'x'), quota('a', 'x')], [0, 0, null])
  assert.deepEqual([quota('a', 'y'), quota('a', 'y'), quota('a', 'z')], [0, null, null])
  now = 1_000
  assert.equal(quota('a', 'x'), 3)
})
