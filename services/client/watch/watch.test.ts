import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { familyOf, parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { ClientError } from '../errors.ts'
import type { AcceptedAddress } from '../read/verify-entry.ts'
import type { Change } from './watch.ts'
import { watch } from './watch.ts'
import type { WatchState } from './watch-state.ts'
import { readWatchState, writeWatchState } from './watch-state.ts'

const device = parseDeviceName('home')
const start = 1_763_827_200_000

function seen(text: string, timestamp = start): AcceptedAddress {
  const address = parseAddress(text)
  return { device, family: familyOf(address), address, timestamp, interval: 300, isSigned: true }
}

interface Script {
  /** What the viewer shows at each poll; the last one stays. */
  shown: (readonly AcceptedAddress[] | ClientError)[]
  /** What each run of the command comes to; then null. */
  results?: (string | null)[]
  state?: WatchState
  polls: number
}

/** Runs the loop on a clock that only pauses move. */
async function play({ shown, results = [], state = {}, polls }: Script) {
  const stop = new AbortController()
  const changes: Change[] = []
  const problems: string[] = []
  const pauses: number[] = []
  let saved: WatchState = state
  let now = start
  let running = 0
  await watch({
    pollMs: 30_000,
    state,
    async read() {
      const answer = shown[Math.min(pauses.length, shown.length - 1)] ?? []
      if (answer instanceof ClientError) throw answer
      return answer
    },
    async handle(change) {
      assert.equal(++running, 1, 'one command at a time')
      changes.push(change)
      await Promise.resolve()
      running -= 1
      return results[changes.length - 1] ?? null
    },
    save: next => {
      saved = next
    },
    onHandled: () => {},
    onProblem: ({ message }) => problems.push(message),
    now: () => now,
    async sleep(ms) {
      pauses.push(ms)
      now += ms
      if (pauses.length === polls) stop.abort()
    },
    stop: stop.signal,
  })
  return { runs: changes.map(({ address, previous }) => [previous, address]), problems, pauses, saved }
}

test('the command runs once for each address, and knows the one before', async () => {
  const { runs, saved } = await play({
    shown: [
      [seen('203.0.113.7')],
      [seen('203.0.113.7', start + 1)],
      [seen('203.0.113.8', start + 2)],
      [seen('203.0.113.8', start + 3)],
    ],
    polls: 5,
  })
  assert.deepEqual(runs, [
    [null, '203.0.113.7'],
    ['203.0.113.7', '203.0.113.8'],
  ])
  assert.deepEqual(saved, { 4: { handled: '203.0.113.8', newest: start + 3 } })
})

test('each family is handled for itself', async () => {
  const { runs } = await play({ shown: [[seen('203.0.113.7'), seen('2001:db8::1')]], polls: 2 })
  assert.deepEqual(runs, [
    [null, '203.0.113.7'],
    [null, '2001:db8::1'],
  ])
})

test('after a restart, an address that was handled is not handled again', async () => {
  const state: WatchState = { 4: { handled: parseAddress('203.0.113.7'), newest: start } }
  assert.deepEqual((await play({ shown: [[seen('203.0.113.7')]], state, polls: 2 })).runs, [])
})

test('after a restart, an address whose command had failed is handled', async () => {
  const state: WatchState = { 4: { handled: null, newest: start } }
  assert.deepEqual((await play({ shown: [[seen('203.0.113.7')]], state, polls: 1 })).runs, [
    [null, '203.0.113.7'],
  ])
})

test('a viewer that shows an older report than before is refused, once in a sentence', async () => {
  const old = [seen('203.0.113.6', start - 60_000)]
  const { runs, problems, saved } = await play({ shown: [[seen('203.0.113.7')], old], polls: 4 })
  assert.deepEqual(runs, [[null, '203.0.113.7']])
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /older state than before \(its report of 203\.0\.113\.6 is 1 minute older/)
  assert.equal(saved[4]?.newest, start)
})

test('a command that fails is repeated after 5 s, doubling to 5 min', async () => {
  const results = Array.from({ length: 9 }, () => 'exit code 1')
  const { runs, problems, pauses } = await play({ shown: [[seen('203.0.113.7')]], results, polls: 60 })
  assert.equal(runs.length, 10)
  const delays = [5, 10, 20, 40, 80, 160, 300, 300, 300]
  assert.deepEqual(
    problems.map(message => /trying again in (\d+ \w+)/.exec(message)?.[1]),
    [
      '5 seconds',
      '10 seconds',
      '20 seconds',
      '40 seconds',
      '1 minute',
      '2 minutes',
      '5 minutes',
      '5 minutes',
      '5 minutes',
    ],
  )
  const untilSuccess = delays.reduce((sum, delay) => sum + delay, 0) * 1_000
  let spent = 0
  const enough = pauses.findIndex(pause => {
    spent += pause
    return spent >= untilSuccess
  })
  assert.equal(spent, untilSuccess)
  // The viewer is asked in between.
  assert.ok(enough > delays.length)
})

test('while a command waits for its repetition, the newest address wins', async () => {
  const { runs } = await play({
    shown: [[seen('203.0.113.7')], [seen('203.0.113.8', start + 1)]],
    results: ['exit code 1'],
    polls: 3,
  })
  assert.deepEqual(runs, [
    [null, '203.0.113.7'],
    [null, '203.0.113.8'],
  ])
})

test('after a success the next failure is repeated after 5 s again', async () => {
  const { pauses } = await play({
    shown: [[seen('203.0.113.7')], [seen('203.0.113.7')], [seen('203.0.113.8', start + 1)]],
    results: ['exit code 1', null, 'exit code 1'],
    polls: 3,
  })
  assert.deepEqual(pauses, [5_000, 30_000, 5_000])
})

test('a problem of the viewer is named when it starts and when it changes, and stops nothing', async () => {
  const down = new ClientError('connection-refused')
  const { runs, problems } = await play({
    shown: [down, down, new ClientError('no-answer'), [seen('203.0.113.7')], down],
    polls: 6,
  })
  assert.deepEqual(problems, [down.message, new ClientError('no-answer').message, down.message])
  assert.deepEqual(runs, [[null, '203.0.113.7']])
})

test('the state is read as it was written, by its owner alone, and only for its device', () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'new', 'state.json')
  const state: WatchState = { 6: { handled: parseAddress('2001:db8::1'), newest: 7 } }
  assert.deepEqual(readWatchState(path, device), {})
  writeWatchState(path, device, state)
  assert.deepEqual(readWatchState(path, device), state)
  assert.deepEqual(readWatchState(path, parseDeviceName('cabin')), {})
  assert.equal(statSync(path).mode & 0o777, 0o600)
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 20))
  assert.throws(() => readWatchState(path, device))
  writeFileSync(path, '{}')
  assert.throws(() => readWatchState(path, device))
})
