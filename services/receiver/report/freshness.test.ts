import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { assertFresh, assertNewer } from './freshness.ts'

const now = 1_763_827_200_000
const windowMs = 120_000

test('a timestamp of this very millisecond is fresh', () => {
  assertFresh(now, now, windowMs)
})

test('a timestamp one millisecond later than the clock is refused as ahead', () => {
  assert.throws(() => assertFresh(now + 1, now, windowMs), {
    code: 'timestamp-ahead',
    message: "the timestamp is 1 ms ahead of the server's clock",
  })
})

test('a timestamp as old as the window is still fresh', () => {
  assertFresh(now - windowMs, now, windowMs)
})

test('a timestamp one millisecond outside the window is refused as stale', () => {
  assert.throws(() => assertFresh(now - windowMs - 1, now, windowMs), {
    code: 'stale',
    message: 'the timestamp is 120 s old, and 120 s are allowed',
  })
})

test('a short window is told in milliseconds', () => {
  assert.throws(() => assertFresh(now - 10_000, now, 9_999), {
    message: 'the timestamp is 10 s old, and 9999 ms are allowed',
  })
})

test('what was committed is handed on', () => {
  const receipt = { result: 'new', address: parseAddress('203.0.113.7'), firstSeen: 1, lastSeen: 2 } as const
  assert.equal(assertNewer(receipt, now), receipt)
})

test('an update not newer than the last one is refused as such', () => {
  for (const last of [now, now - 1]) {
    assert.throws(() => assertNewer({ refused: 'not-newer', last }, now), {
      code: 'not-newer',
      message: `an update with the timestamp ${last} is already accepted`,
      extra: {},
    })
  }
})

test("where the last update is later than the server's clock, it is the clock that is behind, and by how much", () => {
  assert.throws(() => assertNewer({ refused: 'not-newer', last: now + 1 }, now), {
    code: 'clock-behind',
    extra: { behindMs: 1, retryAfter: 1 },
  })
  assert.throws(() => assertNewer({ refused: 'not-newer', last: now + 3_600_001 }, now), {
    code: 'clock-behind',
    message: "the server's clock must first go forward by 3600 s",
    extra: { behindMs: 3_600_001, retryAfter: 3601 },
  })
})
