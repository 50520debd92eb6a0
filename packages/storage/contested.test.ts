import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isContested } from './contested.ts'

test('an address is contested for an hour after a flip', () => {
  assert.equal(isContested(1000, 1000), true)
  assert.equal(isContested(1000, 1000 + 3_599_999), true)
  assert.equal(isContested(1000, 1000 + 3_600_000), false)
})

test('an address that never flipped is not contested', () => {
  assert.equal(isContested(null, 0), false)
})
