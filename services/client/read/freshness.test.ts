import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import { assertRecent } from './freshness.ts'

const now = 1_763_827_200_123
const address = parseAddress('203.0.113.7')
const day = 86_400_000

/** The error's code for a report of this age, or `accepted`. */
function judge(ageMs: number, interval?: number, maxAgeSeconds: number | null = null): string {
  try {
    assertRecent({ address, timestamp: now - ageMs, interval }, now, maxAgeSeconds)
    return 'accepted'
  } catch (error) {
    assert.ok(error instanceof ClientError)
    return error.code
  }
}

test('the limit is three signed intervals, to the millisecond', () => {
  assert.equal(judge(900_000, 300), 'accepted')
  assert.equal(judge(900_001, 300), 'too-old')
  assert.equal(judge(365 * day, 300), 'too-old')
})

test('without an interval the limit is 24 hours', () => {
  assert.equal(judge(day), 'accepted')
  assert.equal(judge(day + 1), 'too-old')
})

test('--max-age replaces both limits, in either direction', () => {
  assert.equal(judge(365 * day, 300, 366 * 86_400), 'accepted')
  assert.equal(judge(60_001, 300, 60), 'too-old')
  assert.equal(judge(2 * day, undefined, 3 * 86_400), 'accepted')
})

test('a time up to 5 minutes ahead is accepted, and a later one refused even with --max-age', () => {
  assert.equal(judge(-300_000, 300), 'accepted')
  assert.equal(judge(-300_001, 300), 'proof-ahead')
  assert.equal(judge(-day, 300, 10 * 86_400), 'proof-ahead')
})

test('the sentence names address, age and limit', () => {
  const refuse = (timestamp: number, interval: number | undefined, maxAge: number | null) => () =>
    assertRecent({ address, timestamp, interval }, now, maxAge)
  assert.throws(
    refuse(now - 365 * day, 300, null),
    /too old \(203\.0\.113\.7 was reported 365 days ago, the limit is three intervals of 5 minutes\)\./,
  )
  assert.throws(refuse(now - 2 * day, undefined, null), /limit is 24 hours because it names no interval/)
  assert.throws(refuse(now - 2 * day, 300, 60), /the limit is 1 minute \(--max-age\)/)
  assert.throws(refuse(now + day, 300, null), /in the future \(203\.0\.113\.7 was reported 1 day ahead/)
})
