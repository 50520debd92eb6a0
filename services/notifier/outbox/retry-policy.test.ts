import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextTry } from './retry-policy.ts'

const SECOND = 1000
const HOUR = 3600 * SECOND

/** Waits between the tries of a message that is never taken, in ms. */
function waits(random: () => number): number[] {
  const found: number[] = []
  let now = 0
  for (let tries = 1; ; tries++) {
    const next = nextTry({ tries, firstTriedAt: 0, now }, random)
    if (next === null) return found
    found.push(next - now)
    now = next
  }
}

test('waits are 5 s, 30 s, 5 min, 30 min, 2 h, then 6 h, until 3 days have passed', () => {
  const found = waits(() => 0)
  assert.deepEqual(found.slice(0, 6), [5_000, 30_000, 300_000, 1_800_000, 2 * HOUR, 6 * HOUR])
  assert.ok(found.slice(5).every(wait => wait === 6 * HOUR))
  const total = found.reduce((sum, wait) => sum + wait, 0)
  assert.ok(total >= 72 * HOUR && total <= 78 * HOUR, String(total / HOUR))
})

test('jitter makes a wait up to a fifth longer, never shorter', () => {
  assert.equal(
    nextTry({ tries: 2, firstTriedAt: 0, now: 0 }, () => 0.999999),
    36_000,
  )
  assert.equal(
    nextTry({ tries: 2, firstTriedAt: 0, now: 0 }, () => 0),
    30_000,
  )
})

test('the other side may ask for a longer wait, but not for a shorter one, nor beyond the end', () => {
  const retry = (tries: number, retryAfterMs: number) =>
    nextTry({ tries, firstTriedAt: 0, now: 0, retryAfterMs }, () => 0)
  assert.equal(retry(1, 60_000), 60_000)
  assert.equal(retry(1, 1_000), 5_000)
  assert.equal(retry(1, 365 * 24 * HOUR), 72 * HOUR)
})
