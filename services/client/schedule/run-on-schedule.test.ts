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
  triggerAfterMs,
}: {
  reports: number
  random?: number
  triggerAfterMs?: number
}) {
  let now = start
  const stop = new AbortController()
  const controller = new AbortController()
  let next = controller.signal
  const begun: number[] = []
  await runOnSchedule(everyFive, {
    now: () => now,
    awake: () => now,
    async sleep(ms) {
      now += ms
      if (triggerAfterMs !== undefined && now - start >= triggerAfterMs) {
        next = never
        controller.abort()
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

test('jitter delays each report by a part of the time between them, and does not add up', async () => {
  const begun = await simulate({ reports: 4, random: 0.5 })
  const lateness = begun.slice(1).map((at, index) => at - (4 + 5 * index) * minute)
  for (const late of lateness) assert.ok(late > 0 && late <= 15_000, String(late))
})

test('a trigger makes it report at once, and the schedule stays', async () => {
  const begun = await simulate({ reports: 3, triggerAfterMs: minute })
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

test('a schedule longer than the protocol can say announces no interval', () => {
  const yearly = parseSchedule('0 0 1 1 *', 'UTC')
  const { intervalSeconds, until } = planOf(yearly, start)
  assert.equal(intervalSeconds, null)
  assert.ok(until - start < 2 ** 31) // what a timer can hold
})

test('@monthly is announced after every month, also of 31 days and with the end of summer time', () => {
  const monthly = parseSchedule('@monthly', 'Europe/Berlin')
  for (const month of [
    '2026-01-01T00:00:00+01:00',
    '2026-10-01T00:00:00+02:00',
    '2027-02-01T00:00:00+01:00',
  ]) {
    const { intervalSeconds } = planOf(monthly, Date.parse(month))
    assert.ok(
      intervalSeconds !== null && intervalSeconds >= 28 * 86_400 && intervalSeconds <= 31 * 86_400,
      month,
    )
  }
})

test('jitter is a tenth of the period, and half a minute at most', () => {
  assert.equal(jitterMsOf(2_000), 200)
  assert.equal(jitterMsOf(300_000), 30_000)
  assert.equal(jitterMsOf(86_400_000), 30_000)
})

test('reports never overlap, even if they are triggered all the time, and a stop ends the loop', async () => {
  const stop = new AbortController()
  let controller = new AbortController()
  let now = start
  let running = 0
  let made = 0
  await runOnSchedule(everyFive, {
    now: () => now,
    awake: () => now,
    random: () => 0,
    async sleep(ms) {
      now += ms
    },
    trigger: { next: () => controller.signal, [Symbol.dispose]: () => {} },
    stop: stop.signal,
    async report(_plan, signal) {
      assert.equal(++running, 1)
      // Two requests in the middle of a report interrupt it, and bring one new report.
      controller.abort()
      controller = new AbortController()
      controller.abort()
      controller = new AbortController()
      assert.equal(signal.aborted, true)
      await new Promise(resolve => setImmediate(resolve))
      running -= 1
      if (++made === 5) stop.abort()
    },
  })
  assert.deepEqual([made, running, now], [5, 0, start])
})
