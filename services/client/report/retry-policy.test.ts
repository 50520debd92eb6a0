import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientErrorCode } from '../errors.ts'
import { ClientError } from '../errors.ts'
import { backOffMs, retryPolicy } from './retry-policy.ts'

interface Given {
  until?: number
  reachedByOther?: AbortController
  /** Called at each pause. */
  onPause?: () => void
  retryAfterMs?: number
}

/** The outcome, and the pauses before it, if every attempt fails with the error of `code` (null: succeeds). */
async function retried(codes: (ClientErrorCode | null)[], given: Given = {}) {
  const {
    until = 1_000_000,
    reachedByOther = new AbortController(),
    onPause = () => {},
    retryAfterMs = 0,
  } = given
  const pauses: [ms: number, isInterruptible: boolean][] = []
  const waits: number[] = []
  let now = 0
  const policy = retryPolicy({
    until,
    now: () => now,
    random: () => 0,
    async sleep(ms, signal) {
      pauses.push([ms, signal !== undefined])
      now += ms
      onPause()
    },
    reachedByOther: reachedByOther.signal,
    onWait: (_, delayMs) => waits.push(delayMs),
  })
  let outcome = 'done'
  try {
    await policy.retry(
      ({ code }) => code !== 'redirected',
      async () => {
        const code = codes.shift() ?? null
        if (code !== null) throw new ClientError(code, { retryAfterMs })
      },
    )
  } catch (error) {
    outcome = (error as ClientError).code
  }
  assert.deepEqual(
    waits,
    pauses.map(([ms]) => ms),
  )
  return { outcome, pauses }
}

test('attempts are repeated after growing pauses, until one succeeds', async () => {
  const { outcome, pauses } = await retried(['no-answer', 'no-answer', null])
  assert.deepEqual(
    [outcome, pauses],
    [
      'done',
      [
        [500, false],
        [1_000, false],
      ],
    ],
  )
})

test('an error that is not to be repeated ends at once', async () => {
  assert.deepEqual(await retried(['redirected']), { outcome: 'redirected', pauses: [] })
})

test('the pause that the server asks for is kept, and no attempt begins after the time is up', async () => {
  const { pauses } = await retried(['no-answer', null], { retryAfterMs: 5_000, until: 5_000 })
  assert.deepEqual(pauses, [[5_000, false]])
  const tooLate = await retried(['no-answer', null], { retryAfterMs: 5_000, until: 4_999 })
  assert.deepEqual(tooLate, { outcome: 'no-answer', pauses: [] })
})

test('a family without a route stops trying as soon as the other one has reached the server', async () => {
  const before = new AbortController()
  before.abort()
  assert.deepEqual(await retried(['no-route', null], { reachedByOther: before }), {
    outcome: 'no-route',
    pauses: [],
  })
  const meanwhile = new AbortController()
  const given = { reachedByOther: meanwhile, onPause: () => meanwhile.abort() }
  assert.deepEqual(await retried(['no-route', null], given), { outcome: 'no-route', pauses: [[500, true]] })
})

test('a family that reached the server goes on, whatever the other one does', async () => {
  const other = new AbortController()
  other.abort()
  const { outcome, pauses } = await retried(['no-answer', null], { reachedByOther: other })
  assert.deepEqual([outcome, pauses], ['done', [[500, false]]])
})

test('pauses double from one second to a minute, each shortened at random by up to a half', () => {
  assert.deepEqual(
    [0, 1, 5, 6, 50].map(failures => backOffMs(failures, () => 0.999999)),
    [1_000, 2_000, 32_000, 60_000, 60_000],
  )
  assert.deepEqual([backOffMs(0, () => 0), backOffMs(0, () => 0.5)], [500, 750])
})
