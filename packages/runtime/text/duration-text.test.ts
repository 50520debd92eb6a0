import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationText } from './duration-text.ts'

test('a duration is printed in its largest unit, rounded down', () => {
  assert.equal(durationText(999), 'less than a second')
  assert.equal(durationText(1_000), '1 second')
  assert.equal(durationText(119_999), '1 minute')
  assert.equal(durationText(47 * 3_600_000), '1 day')
  assert.equal(durationText(3_652 * 86_400_000), '3652 days')
})
