import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from './answer-cache.ts'
import { createAnswerCache } from './answer-cache.ts'

const answer = (body: string): Answer => ({ headers: [], body })

/** A cache that tells which keys it had to make. */
function startCache(maxBytes: number) {
  const cached = createAnswerCache(maxBytes)
  const made: string[] = []
  const ask = (generation: string, key: string, body = '') =>
    cached(generation, key, async () => {
      made.push(key)
      return answer(body)
    })
  return { ask, made, cached }
}

test('an answer is made once in a generation, and again in the next', async () => {
  const { ask, made } = startCache(10_000)
  await ask('1', 'a')
  await ask('1', 'a')
  assert.deepEqual(made, ['a'])
  await ask('2', 'a')
  assert.deepEqual(made, ['a', 'a'])
})

test('those who ask while an answer is being made get that one', async () => {
  const { ask, made } = startCache(10_000)
  const answers = await Promise.all([ask('1', 'a'), ask('1', 'a'), ask('1', 'b')])
  assert.deepEqual(made, ['a', 'b'])
  assert.equal(answers[0], answers[1])
})

test('what was asked for longest ago goes first, when the bytes are used up', async () => {
  const { ask, made } = startCache(3_000)
  const halfKilobyte = 'x'.repeat(400)
  await ask('1', 'a', halfKilobyte)
  await ask('1', 'b', halfKilobyte)
  await ask('1', 'a', halfKilobyte)
  await ask('1', 'c', halfKilobyte) // b goes
  await ask('1', 'a', halfKilobyte)
  await ask('1', 'b', halfKilobyte)
  assert.deepEqual(made, ['a', 'b', 'c', 'b'])
})

test('an answer larger than all of the cache is given and not kept', async () => {
  const { ask, made } = startCache(3_000)
  const { body } = await ask('1', 'large', 'x'.repeat(5_000))
  assert.equal(body.length, 5_000)
  await ask('1', 'large')
  assert.deepEqual(made, ['large', 'large'])
})

test('any number of answers stays within the bytes', async () => {
  const { ask, made } = startCache(100_000)
  for (let i = 0; i < 10_000; i++) await ask('1', `key ${i}`)
  made.length = 0
  for (let i = 9_999; i >= 0; i--) await ask('1', `key ${i}`)
  assert.ok(made.length > 9_800, `${10_000 - made.length} answers were kept in 100 kB`)
})

test('a failure reaches all who wait, and the next one tries again', async () => {
  const cached = createAnswerCache(10_000)
  let attempts = 0
  const fail = () =>
    cached('1', 'a', async () => {
      attempts++
      throw new Error('not now')
    })
  const waiting = await Promise.allSettled([fail(), fail()])
  assert.deepEqual(
    waiting.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(attempts, 1)
  assert.equal((await cached('1', 'a', async () => answer('now'))).body, 'now')
})

test('an answer that was begun before the data changed is not kept for after', async () => {
  const cached = createAnswerCache(10_000)
  const begun = Promise.withResolvers<Answer>()
  const early = cached('1', 'a', () => begun.promise)
  assert.equal((await cached('2', 'a', async () => answer('new'))).body, 'new')
  begun.resolve(answer('old'))
  assert.equal((await early).body, 'old')
  assert.equal((await cached('2', 'a', async () => answer('newer'))).body, 'new')
})
