import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Log } from '@ipupdater/runtime'
import { StorageError } from '@ipupdater/storage'
import { startFollowing } from './follow.ts'

const locked = new StorageError('busy', 'the database is locked')

/** Runs a round for each outcome; an error is thrown. @returns what was logged, and the fault after each round */
async function follow(outcomes: readonly (Error | null)[]) {
  const stop = new AbortController()
  const logged: string[] = []
  const faults: (string | null)[] = []
  const write = (level: string) => (message: string) => void logged.push(`${level}: ${message}`)
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as unknown as Log
  let round = 0
  let rounds = 0
  await using following = startFollowing(
    {
      follower: {
        async round() {
          const outcome = outcomes[round++]
          if (outcome) throw outcome
        },
      },
      afterRound: () => rounds++,
      sleep: async ms => {
        assert.equal(ms, 1_000)
        faults.push(following.fault())
        if (round === outcomes.length) stop.abort()
      },
      log,
    },
    stop.signal,
  )
  assert.equal(following.fault(), 'starting')
  await following[Symbol.asyncDispose]()
  assert.equal(rounds, outcomes.length)
  return { logged, faults }
}

test('a round that fails is followed by another, and each kind of failure is logged once', async () => {
  const other = Object.assign(new Error('disk'), { code: 'SQLITE_IOERR' })
  const { logged, faults } = await follow([null, locked, locked, other, new Error('?'), null, null, locked])
  assert.deepEqual(faults, [null, 'busy', 'busy', 'SQLITE_IOERR', 'unexpected', null, null, 'busy'])
  assert.deepEqual(logged, [
    'warn: waiting for the addresses',
    'error: the addresses cannot be followed; trying again',
    'error: the addresses cannot be followed; trying again',
    'info: the addresses can be followed again',
    'warn: waiting for the addresses',
  ])
})

test('the first success is not logged', async () => {
  assert.deepEqual((await follow([null])).logged, [])
})
