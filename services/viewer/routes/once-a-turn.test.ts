import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onceATurn } from './once-a-turn.ts'

test('all who ask in one turn share a look that begins after the last of them', async () => {
  let state = 'before'
  let looks = 0
  const look = onceATurn(async () => {
    looks++
    return state
  })
  const asked = [look(), look()]
  await Promise.resolve()
  state = 'after'
  asked.push(look())
  assert.deepEqual(await Promise.all(asked), ['after', 'after', 'after'])
  assert.equal(looks, 1)
})

test('who asks while a look is under way gets the next one', async () => {
  const results = ['first', 'second']
  const look = onceATurn(async () => {
    const seen = results.shift()
    await new Promise(resolve => setImmediate(resolve))
    return seen
  })
  const early = look()
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(await look(), 'second')
  assert.equal(await early, 'first')
})

test('a look that fails fails for those who share it, and for nobody else', async () => {
  let isBroken = true
  const look = onceATurn(async () => {
    if (isBroken) throw new Error('not now')
    return 'seen'
  })
  const results = await Promise.allSettled([look(), look()])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  isBroken = false
  assert.equal(await look(), 'seen')
})
