import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age } from './age.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

test('an age is told in the unit that says most', () => {
  const told = [0, minute - 1, minute, 119 * minute, 2 * hour, 47 * hour, 2 * day, 400 * day].map(age)
  assert.deepEqual(told, [
    'just now',
    'just now',
    '1 min ago',
    '119 min ago',
    '2 h ago',
    '47 h ago',
    '2 d ago',
    '400 d ago',
  ])
})

test('a moment in the future, by a clock that was set back, is just now', () => {
  assert.equal(age(-5 * hour), 'just now')
})
