import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueAt, isLate, lateAfter } from './lateness.ts'

test('a report is due one interval after the last one', () => {
  assert.equal(dueAt(1000, 300), 301_000)
})

test('the grace period is half an interval, and at least a minute', () => {
  assert.equal(lateAfter(0, 300), 300_000 + 150_000)
  assert.equal(lateAfter(0, 60), 60_000 + 60_000)
})

test('at the end of the grace period a device is in time; a millisecond later it is late', () => {
  assert.equal(isLate(0, 300, 450_000), false)
  assert.equal(isLate(0, 300, 450_001), true)
})

test('a device that promised no interval is never due and never late', () => {
  assert.deepEqual(
    [dueAt(0, null), lateAfter(0, null), isLate(0, null, Number.MAX_SAFE_INTEGER)],
    [null, null, false],
  )
})
