import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, count, duration, percent } from './words.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

test('a duration has the unit that says most', () => {
  const texts = [
    0,
    minute - 1,
    minute,
    73 * minute,
    119 * minute,
    2 * hour,
    47 * hour,
    2 * day,
    400 * day,
  ].map(duration)
  assert.deepEqual(texts, [
    'less than a minute',
    'less than a minute',
    '1 minute',
    '73 minutes',
    '119 minutes',
    '2 hours',
    '47 hours',
    '2 days',
    '400 days',
  ])
})

test('an age below a minute, or in the future, is just now', () => {
  assert.deepEqual([-5 * hour, 0, minute - 1, minute].map(ago), [
    'just now',
    'just now',
    'just now',
    '1 minute ago',
  ])
})

test('one of a thing is singular, none is "no"', () => {
  assert.deepEqual(
    [0, 1, 2].map(n => count(n, 'outage')),
    ['no outage', '1 outage', '2 outages'],
  )
})

test('a percentage is rounded down, so that only all of it is 100 %', () => {
  const texts = [0, 0.6, 0.98765, 0.998, 0.9991, 0.999999, 1].map(percent)
  assert.deepEqual(texts, ['0.0 %', '60.0 %', '98.7 %', '99.8 %', '99.91 %', '99.99 %', '100 %'])
})
