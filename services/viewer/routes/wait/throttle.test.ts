import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throttle } from './throttle.ts'

const hour = 3_600_000

test('everyone who asks before a run begins shares it', async () => {
  let runs = 0
  const look = throttle(
    async () => ++runs,
    hour,
    () => 0,
  )
  assert.deepEqual(await Promise.all([look(null), look(null), look(null)]), [1, 1, 1])
})

test('the next run begins after the interval, with the argument of the first who asked', async () => {
  let uptime = 0
  const look = throttle(
    async (name: string) => name,
    hour,
    () => uptime,
  )
  assert.equal(await look('a'), 'a')
  uptime += hour
  assert.deepEqual(await Promise.all([look('b'), look('c')]), ['b', 'b'])
})

test('before the interval is over, those who ask wait', async () => {
  let runs = 0
  const look = throttle(
    async () => ++runs,
    hour,
    () => 0,
  )
  await look(null)
  let isDone = false
  void look(null).then(() => {
    isDone = true
  })
  for (let turns = 0; turns < 10; turns++) await new Promise(resolve => setImmediate(resolve))
  assert.equal(isDone, false)
  assert.equal(runs, 1)
})

test('an error reaches everyone who shares the run, and the next one tries again', async () => {
  let uptime = 0
  let isBroken = true
  const look = throttle(
    async () => {
      if (isBroken) throw new Error('not now')
      return 'seen'
    },
    hour,
    () => uptime,
  )
  const results = await Promise.allSettled([look(null), look(null)])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  isBroken = false
  uptime += hour
  assert.equal(await look(null), 'seen')
})
