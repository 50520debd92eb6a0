import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLog } from '@ipupdater/runtime'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import type { Reported } from '../report/exchange.ts'
import type { Outcome } from '../report/outcome.ts'
import { reportInProcess } from './report-process.ts'
import { reporter } from './reporter.ts'
import type { Status } from './status.ts'

/** A program in the place of `ipupdater`: `script` gets its arguments after `update --json` and its environment. */
function program(script: string): string[] {
  const directory = temporaryDirectory()
  const file = join(directory, 'program.mjs')
  writeFileSync(file, script)
  return [process.execPath, file]
}

const done = {
  server: 'http://a.example/',
  family: 4,
  outcome: 'done',
  result: 'new',
  address: '203.0.113.7',
  firstSeen: 1,
  lastSeen: 1,
  clockSkewMs: 0,
}
const failure = {
  server: 'http://a.example/',
  family: 4,
  code: 'no-route',
  message: 'No route.',
  advice: 'Wait.',
}
const say = (line: object) => `console.log(${JSON.stringify(JSON.stringify(line))});`
const never = new AbortController().signal

async function reportWith(script: string, about: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const outcomes: Outcome<Reported>[] = []
  const end = await reportInProcess({
    program: program(script),
    env: { PATH: process.env.PATH },
    timeoutMs: 60_000,
    signal: never,
    onOutcome: outcome => outcomes.push(outcome),
    ...about,
  })
  return { ...end, outcomes }
}

test('a report is `update --json` in a process with exactly the environment that was given', async () => {
  const { exit, complaint } = await reportWith(
    `console.error(JSON.stringify([process.argv.slice(2), Object.keys(process.env)])); process.exit(75)`,
  )
  assert.equal(exit, 75)
  assert.deepEqual(JSON.parse(complaint), [['update', '--json'], ['PATH']])
})

test('outcomes arrive line by line, also if a line comes in two pieces', async () => {
  const text = JSON.stringify(done)
  const { outcomes, complaint } = await reportWith(
    `process.stdout.write(${JSON.stringify(text.slice(0, 20))});
     setTimeout(() => process.stdout.write(${JSON.stringify(`${text.slice(20)}\n${text}\n`)}), 50)`,
  )
  assert.deepEqual(outcomes, [done, done])
  assert.equal(complaint, '')
})

test('a line that is no outcome is a complaint, and not a crash', async () => {
  const settings = { outcome: 'failed', code: 'settings', message: 'SECRET is missing.', advice: '', exit: 2 }
  const { outcomes, complaint, exit } = await reportWith(
    `${say(settings)} console.log('no JSON'); process.exitCode = 2`,
  )
  assert.deepEqual([outcomes, exit, complaint], [[], 2, 'SECRET is missing.\nno JSON'])
})

test('a report that hangs is killed when its time is up, even if it ignores SIGTERM', async () => {
  const { exit } = await reportWith(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`, {
    timeoutMs: 400,
  })
  assert.equal(exit, null)
})

test('a stop interrupts a report at once, even if it ignores SIGTERM', async () => {
  const stop = new AbortController()
  const outcomes: unknown[] = []
  const { exit } = await reportInProcess({
    program: program(`process.on('SIGTERM', () => {}); ${say(done)} setInterval(() => {}, 1000)`),
    env: {},
    timeoutMs: 60_000,
    signal: stop.signal,
    onOutcome: outcome => {
      outcomes.push(outcome)
      stop.abort()
    },
  })
  assert.equal(exit, null)
  assert.equal(outcomes.length, 1)
})

test('a program that cannot be started is a complaint', async () => {
  const end = await reportInProcess({
    program: ['/no/such/program'],
    env: {},
    timeoutMs: 1_000,
    signal: never,
    onOutcome: () => {},
  })
  assert.equal(end.exit, null)
  assert.match(end.complaint, /ENOENT/)
})

test('a long complaint is cut', async t => {
  const { complaint } = await reportWith(`process.stderr.write('x'.repeat(100_000)); process.exitCode = 1`, t)
  assert.equal(complaint.length, 4_000)
})

// ---- the reporter ----

const plan = { until: 1_060_000, intervalSeconds: 330, overdueAt: 2_000_000 }

/** Makes reports with these scripts in turn; `now` stands at 1,000,000. */
async function reports(...scripts: string[]) {
  const updates: Partial<Status>[] = []
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', write: line => void lines.push(line) })
  const directory = temporaryDirectory()
  const file = join(directory, 'program.mjs')
  const report = reporter({
    program: [process.execPath, file],
    env: { PATH: process.env.PATH, INTERVAL: 'outdated', RETRY_FOR: 'outdated' },
    status: { update: changes => void updates.push(changes), [Symbol.dispose]: () => {} },
    log,
    now: () => 1_000_000,
  })
  for (const script of scripts) {
    writeFileSync(file, script)
    await report(plan, never)
  }
  return { updates, lines }
}

const ok = { at: 1_000_000, ok: true, failure: null }

test('a success is noted with the time when the next report is overdue', async () => {
  const { updates } = await reports(say(done))
  assert.deepEqual(updates, [{ last: ok, trying: null, overdueAt: 2_000_000 }])
})

test('the report gets the interval and the time left for retries', async () => {
  const { updates } = await reports(
    `if (process.env.INTERVAL !== '330' || process.env.RETRY_FOR !== '60') process.exit(1)`,
  )
  assert.equal(updates[0]?.last?.ok, true)
})

test('an attempt that fails is noted at once, with the time of the first one', async () => {
  const waiting = { ...failure, outcome: 'waiting', retryInMs: 1_000 }
  const { updates } = await reports(
    `${say(waiting)}${say({ ...waiting, message: 'Still no route.' })}${say(done)}`,
  )
  assert.deepEqual(updates, [
    { trying: { since: 1_000_000, failure: 'No route.' } },
    { trying: { since: 1_000_000, failure: 'Still no route.' } },
    { last: ok, trying: null, overdueAt: 2_000_000 },
  ])
})

test('a failure is noted with its first sentence', async () => {
  const failed = { ...failure, outcome: 'failed', exit: 75 }
  const { updates } = await reports(
    `${say(failed)}${say({ ...failed, message: 'Another one.' })}process.exitCode = 75`,
  )
  assert.deepEqual(updates[0]?.last, { at: 1_000_000, ok: false, failure: 'No route.' })
})

test('a report process that crashes is logged once, again after a success, and is unhealthy', async () => {
  const crash = `console.error('out of memory'); process.exit(134)`
  const { updates, lines } = await reports(crash, crash, say(done), crash)
  assert.deepEqual(updates[0]?.last, { at: 1_000_000, ok: false, failure: 'exit code 134 out of memory' })
  const errors = lines.filter(line => /ERROR The report process failed/.test(line))
  assert.equal(errors.length, 2)
})
