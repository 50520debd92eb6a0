import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { sharedLook } from './shared-look.ts'

test('concurrent callers share one look', async () => {
  let looks = 0
  const look = sharedLook(async () => ++looks)
  assert.deepEqual(await Promise.all([look(), look(), look()]), [1, 1, 1])
})

test('a caller never gets a look that began before it called', async () => {
  let looks = 0
  const look = sharedLook(async () => {
    const mine = ++looks
    await setImmediate()
    return mine
  })
  const early = look()
  await Promise.resolve().then(() => {}) // the first look is under way now
  const late = [look(), look()]
  assert.deepEqual(await Promise.all([early, ...late]), [1, 2, 2])
})

test('a look that failed does not spoil the next one', async () => {
  let fails = true
  const look = sharedLook(async () => {
    if (fails) throw new Error('gone')
    return 'there'
  })
  await assert.rejects(look(), /gone/)
  fails = false
  assert.equal(await look(), 'there')
})
