import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeCursor, parseCursor, positionOf } from './cursor.ts'

const natural = fc.maxSafeNat()

test('a cursor gives back the position that it was made of', () => {
  fc.assert(
    fc.property(natural, natural, (began, slot) => {
      assert.deepEqual(positionOf(parseCursor(encodeCursor({ began, slot }))), { began, slot })
    }),
  )
})

test('a cursor needs no escaping in a URL', () => {
  fc.assert(
    fc.property(natural, natural, (began, slot) => {
      const cursor = encodeCursor({ began, slot })
      assert.equal(encodeURIComponent(cursor), cursor)
    }),
  )
})

test('no other text is taken for a cursor', () => {
  for (const text of [
    '',
    '-',
    '1',
    '1-',
    '-1',
    'A-1',
    '1-2-3',
    ' 1-1',
    '01-1',
    '1.5-1',
    'zzzzzzzzzzzz-1',
    '1-💥',
  ]) {
    assert.throws(() => parseCursor(text), { code: 'bad-cursor' }, text)
  }
})
