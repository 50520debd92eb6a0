import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jitterMsOf, planOf, runOnSchedule } from './run-on-schedule.ts'
import { parseSchedule } from './schedule.ts'

const everyFive = parseSchedule('*/5 * * * *', 'UTC')
const start = Date.parse('2026-01-01T00:01:00Z')
const minute = 60_000

/** Runs the schedule on clocks that only sleeping moves, until so many reports have been made. */
async function simulate({
  reports,
  random = 0,
  ringAfterMs,
}: {
  reports: number
  random?: number
  ringAfterMs?: number
}) {
  let now = start
  const stop = new AbortController()
  const ring = new AbortController()
  let next = ring.signal
  const begun: number[] = []
  await runOnSchedule(everyFive, {
    now: () => now,
    awake: () => now,
    async sleep(ms) {
      now += ms
      if (ringAfterMs !== undefined && now - start >= ringAfterMs) {
        next = never
        ring.abort()
      }
    },
    random: () => random,
    trigger: { next: () => next, [Symbol.dispose]: () => {} },
    stop: stop.signal,
    async report() {
      begun.push(now - start)
      now += 1_000
      if (begun.length === reports) stop.abort()
    },
  })
  return begun
}

const never = new AbortController().signal

test('it reports at start, and then when it is due', async () => {
  const begun = await simulate({ reports: 4 })
  assert.deepEqual(begun, [0, 4 * minute, 9 * minute, 14 * minute])
})

test('jitter delays each report by a part of the time between them, and adds up to nothing', async () => {
  const begun = await simulate({ reports: 4, random: 0.5 })
  const lateness = begun.slice(1).map((at, index) => at - (4 + 5 * index) * minute)
  for (const late of lateness) assert.ok(late > 0 && late <= 15_000, String(late))
})

test('the trigger makes it report out of turn, and the turn stays', async () => {
  const begun = await simulate({ reports: 3, ringAfterMs: minute })
  assert.deepEqual(begun, [0, 61_000, 4 * minute])
})

test('the plan tells the server when to expect the next report at the latest', () => {
  const plan = planOf(everyFive, start)
  assert.deepEqual(plan, {
    until: start + 4 * minute,
    intervalSeconds: 264, // four minutes, and a tenth of them as jitter
    overdueAt: start + 9 * minute + 24_000 + minute,
  })
})

test('a schedule whose next time is months away says nothing of when', () => {
  const yearly = parseSchedule('0 0 1 1 *', 'UTC')
  const { intervalSeconds, until } = planOf(yearly, start)
  assert.equal(intervalSeconds, null)
  assert.ok(until - start < 2 ** 31) // what a timer can hold
})

test('jitter is a tenth of the period, and half a minute at most', () => {
  assert.equal(jitterMsOf(2_000), 200)
  assert.equal(jitterMsOf(300_000), 30_000)
  assert.equal(jitterMsOf(86_400_000), 30_000)
})
