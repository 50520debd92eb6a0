import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import fc from 'fast-check'
import { encodeCursor, parseCursor, positionOf } from './cursor.ts'

const position = fc.record(
  {
    began: fc.maxSafeNat(),
    family: fc.constantFrom(0 as const, 4 as const, 6 as const),
    device: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).map(parseDeviceName),
  },
  { noNullPrototype: true },
)

test('a cursor gives back the position that it was made of', () => {
  fc.assert(
    fc.property(position, place => {
      assert.deepEqual(positionOf(parseCursor(encodeCursor(place))), place)
    }),
  )
})

test('a cursor needs no escaping in a URL', () => {
  fc.assert(
    fc.property(position, place => {
      assert.equal(encodeURIComponent(encodeCursor(place)), encodeCursor(place))
    }),
  )
})

test('a cursor of version 1.0, which had a row number, is refused', () => {
  assert.throws(() => parseCursor('mib04u5n-e'), {
    code: 'bad-cursor',
    message: 'not a cursor of this version: begin again with the first page',
  })
})

for (const text of [
  '',
  '-',
  '1-4',
  '1-4-',
  '-4-home',
  '1--home',
  '1-5-home',
  'A-4-home',
  '1-4-HOME',
  ' 1-4-home',
  '01-4-home',
  '1.5-4-home',
  'zzzzzzzzzzzz-4-home',
  '1-4-💥',
]) {
  test(`"${text}" is not a cursor`, () => {
    assert.throws(() => parseCursor(text), { code: 'bad-cursor' })
  })
}
