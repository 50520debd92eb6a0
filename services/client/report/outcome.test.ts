import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError } from '../errors.ts'
import type { Outcome } from './outcome.ts'
import { exitCodeOf, failureOf } from './outcome.ts'

const failure = { code: 'connection-refused', message: '', advice: '' } as const
const done = (server: string): Outcome<object> => ({ server, family: 4, outcome: 'done' })
const failed = (server: string, exit: 1 | 75): Outcome<object> => ({
  server,
  family: 6,
  ...failure,
  outcome: 'failed',
  exit,
})
const waiting = (server: string): Outcome<object> => ({
  server,
  family: 6,
  ...failure,
  outcome: 'waiting',
  retryInMs: 1,
})
const absent = (server: string): Outcome<object> => ({ server, family: 6, ...failure, outcome: 'absent' })

const cases: [what: string, outcomes: Outcome<object>[], exit: number][] = [
  ['nothing failed', [done('a'), waiting('a'), absent('a')], 0],
  ['one family of a server failed', [failed('a', 1), done('a')], 0],
  ['a server failed for now', [done('a'), failed('b', 75)], 75],
  ['a server refused', [done('a'), failed('b', 1)], 1],
  ['one refused and one failed for now', [failed('a', 75), failed('b', 1)], 1],
  ['a server waits and another failed for now', [waiting('a'), failed('a', 75)], 75],
]

for (const [what, outcomes, exit] of cases) {
  test(`the exit code is ${exit} if ${what}`, () => assert.equal(exitCodeOf(outcomes), exit))
}

test('a failure has a detail only if one was observed', () => {
  const refused = new ClientError('connection-refused', { detail: 'port 9' })
  const { code, message, advice } = refused
  assert.deepEqual(failureOf(refused), { code, message, advice, detail: 'port 9' })
  assert.deepEqual(Object.keys(failureOf(new ClientError('connection-refused'))).sort(), [
    'advice',
    'code',
    'message',
  ])
})
