import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from './wait-until.ts'

/** A machine whose clocks are moved by sleeping, and by what happens during it. */
function machine(
  nap: (ms: number) => { wallMs: number; awakeMs: number } = ms => ({ wallMs: ms, awakeMs: ms }),
) {
  let wall = 1_000_000
  let awake = 5_000
  const naps: number[] = []
  return {
    naps,
    now: () => wall,
    awake: () => awake,
    async sleep(ms: number) {
      naps.push(ms)
      const { wallMs, awakeMs } = nap(ms)
      wall += wallMs
      awake += awakeMs
    },
  }
}

const never = new AbortController().signal

test('it wakes when it is due, and not before', async () => {
  const home = machine()
  assert.equal(await waitUntil(1_040_000, home, never), 'due')
  assert.equal(home.now(), 1_040_000)
  assert.deepEqual(home.naps, [15_000, 15_000, 10_000])
})

test('a timer that fires early does not make it early', async () => {
  const home = machine(ms => ({ wallMs: Math.max(1, ms - 3), awakeMs: Math.max(1, ms - 3) }))
  await waitUntil(1_010_000, home, never)
  assert.ok(home.now() >= 1_010_000)
})

test('after a night in suspend it is due at once, although the timer stood still', async () => {
  const home = machine(ms => ({ wallMs: ms + 8 * 3_600_000, awakeMs: ms }))
  assert.equal(await waitUntil(1_300_000, home, never), 'due')
  assert.equal(home.naps.length, 1)
})

test('a short suspend is noticed too, because the network may be another one', async () => {
  const home = machine(ms => ({ wallMs: ms + 20_000, awakeMs: ms }))
  assert.equal(await waitUntil(1_300_000, home, never), 'clock-jumped')
})

test('a clock that is set back an hour does not delay the report by an hour', async () => {
  const home = machine(ms => ({ wallMs: ms - 3_600_000, awakeMs: ms }))
  assert.equal(await waitUntil(1_300_000, home, never), 'clock-jumped')
  assert.equal(home.naps.length, 1)
})

test('it can be interrupted', async () => {
  const stop = new AbortController()
  const home = machine(ms => {
    stop.abort()
    return { wallMs: ms, awakeMs: ms }
  })
  assert.equal(await waitUntil(1_300_000, home, stop.signal), 'aborted')
})
