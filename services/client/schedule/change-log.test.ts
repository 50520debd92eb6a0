import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import type { LogLevel } from '@ipupdater/runtime'
import { createLog } from '@ipupdater/runtime'
import type { Reported } from '../report/exchange.ts'
import type { Done, Outcome } from '../report/outcome.ts'
import { changeLog } from './change-log.ts'

const about = { server: 'http://server.example/', family: 4 } as const

const done = (address = '203.0.113.7', clockSkewMs = 0): Done<Reported> => ({
  ...about,
  outcome: 'done',
  result: 'refreshed',
  address: parseAddress(address),
  firstSeen: 1,
  lastSeen: 2,
  clockSkewMs,
})
const failure = { code: 'connection-refused', message: '', advice: '' } as const
const waiting: Outcome<Reported> = { ...about, ...failure, outcome: 'waiting', retryInMs: 1_000 }
const failed: Outcome<Reported> = { ...about, ...failure, outcome: 'failed', exit: 75 }
const refused: Outcome<Reported> = {
  ...about,
  outcome: 'failed',
  code: 'not-authenticated',
  message: '',
  advice: '',
  exit: 1,
}
const absent: Outcome<Reported> = {
  ...about,
  family: 6,
  outcome: 'absent',
  code: 'no-route',
  message: '',
  advice: '',
}

/** `LEVEL message` of each line at the default level. */
function linesOf(...outcomes: Outcome<Reported>[]): string[] {
  return recordsOf(outcomes).map(({ level, message }) => `${level} ${message}`)
}

function recordsOf(
  outcomes: readonly Outcome<Reported>[],
  level: LogLevel = 'info',
): Record<string, unknown>[] {
  const records: Record<string, unknown>[] = []
  const write = (line: string) => void records.push(JSON.parse(line))
  const logChange = changeLog(createLog({ level, format: 'json', write, now: () => 0 }))
  for (const outcome of outcomes) logChange(outcome)
  return records
}

test('a year without changes has one line', () => {
  assert.deepEqual(linesOf(...Array.from({ length: 100_000 }, () => done())), [
    'INFO The server has our address',
  ])
})

test('another address is logged', () => {
  assert.deepEqual(linesOf(done(), done('203.0.113.8'), done('203.0.113.8')).slice(1), [
    'INFO Our address has changed',
  ])
})

test('each line has its fields, and at debug level every report has one', () => {
  const four = { server: 'http://server.example/', family: 'IPv4' }
  const detailed = { ...failed, detail: 'port 9' }
  const records = recordsOf(
    [done(), done(), done('203.0.113.8'), detailed, detailed, done('203.0.113.8')],
    'debug',
  )
  const fields = records.map(({ '@timestamp': _time, logger: _logger, ...record }) => record)
  const refusal = { ...four, detail: 'port 9', advice: '', code: 'connection-refused' }
  const title = 'Nothing listens on this port of the receiver'
  assert.deepEqual(fields, [
    {
      level: 'INFO',
      message: 'The server has our address',
      ...four,
      address: '203.0.113.7',
      result: 'refreshed',
    },
    { level: 'DEBUG', message: 'Reported, nothing has changed', ...four, address: '203.0.113.7' },
    {
      level: 'INFO',
      message: 'Our address has changed',
      ...four,
      address: '203.0.113.8',
      before: '203.0.113.7',
    },
    { level: 'WARN', message: title, ...refusal },
    { level: 'DEBUG', message: title, ...refusal },
    { level: 'INFO', message: 'Reports succeed again', ...four, address: '203.0.113.8' },
  ])
})

test('a failure is logged when it starts and when it ends', () => {
  const lines = linesOf(done(), waiting, waiting, failed, waiting, failed, done(), done())
  assert.deepEqual(lines.slice(1), [
    'WARN Nothing listens on this port of the receiver',
    'INFO Reports succeed again',
  ])
})

test('a failure that somebody has to act on is an error', () => {
  assert.deepEqual(linesOf(refused, refused), ["ERROR The server does not accept this device's secret"])
})

test('a family that never worked is not logged, and one that no longer works is', () => {
  const overSix = { ...done('2001:db8::1'), family: 6 } as const
  assert.deepEqual(linesOf(absent, absent), [])
  assert.deepEqual(linesOf(overSix, absent, absent).slice(1), ['WARN This device has no route to the server'])
})

test('a wrong clock is logged once, and again when it is right', () => {
  const wrong = done(undefined, 3_600_000)
  const drifted = done(undefined, 3_605_000)
  assert.deepEqual(linesOf(wrong, drifted, drifted, done(), done()).slice(1), [
    "WARN The clock of this device is 1 hour ahead of the server's. Reports work nevertheless; set it by NTP",
    'INFO The clock of this device is right again',
  ])
})

test('how wrong the clock is stands in a field of its own', () => {
  const records = recordsOf([done(undefined, 3_600_000), done()])
  assert.deepEqual(
    records.slice(1).map(({ clockSkewMs }) => clockSkewMs),
    [3_600_000, 0],
  )
})
