import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@ipupdater/runtime'
import { startRetention } from './retention.ts'

const pace = { rows: 10, betweenStepsMs: 1, betweenRoundsMs: 3_600_000 }

test('old entries are deleted in steps until fewer than a step are left', async () => {
  const { asked, lines } = await run([10, 10, 3], 3)
  assert.deepEqual(asked, [
    [900, 10],
    [900, 10],
    [900, 10],
  ])
  assert.match(
    lines.join(' ').replaceAll('\n', ''),
    /old entries deleted entries=23 endedBefore=1970-01-01T00:00:00\.900Z/,
  )
})

test('if nothing is deleted, nothing is logged', async () => {
  const { asked, lines } = await run([0], 1)
  assert.equal(asked.length, 1)
  assert.deepEqual(lines, [])
})

test('a failed round is logged, and the next one starts', async () => {
  const { lines } = await run([new Error('disk full'), 4], 2, { betweenRoundsMs: 1 })
  assert.match(lines.join(' ').replaceAll('\n', ''), /WARN .*retention postponed .*disk full.*entries=4/)
})

test('disposing in the long pause between rounds returns at once', async () => {
  const { asked } = await run([0], 1)
  assert.equal(asked.length, 1)
})

test('disposing waits for the current step and starts no other', async () => {
  let finished = false
  let steps = 0
  const retention = startRetention({
    retentionMs: 100,
    now: () => 1000,
    log: createLog({ level: 'error', format: 'text' }),
    pace,
    async prune() {
      steps += 1
      await sleep(20)
      finished = true
      return 10
    },
  })
  await retention[Symbol.asyncDispose]()
  assert.equal(finished, true)
  assert.equal(steps, 1)
})

/** Runs until `steps` steps were asked for; each gives the next of `results`. */
async function run(results: (number | Error)[], steps: number, changed: Partial<typeof pace> = {}) {
  const asked: [number, number][] = []
  const lines: string[] = []
  const enough = Promise.withResolvers<void>()
  const retention = startRetention({
    retentionMs: 100,
    now: () => 1000,
    log: createLog({ level: 'info', format: 'text', write: line => lines.push(line) }),
    pace: { ...pace, ...changed },
    async prune(before, limit) {
      asked.push([before, limit])
      const result = results.shift() ?? 0
      if (asked.length >= steps) setImmediate(enough.resolve)
      if (result instanceof Error) throw result
      return result
    },
  })
  await enough.promise
  await retention[Symbol.asyncDispose]()
  return { asked, lines }
}
