import assert from 'node:assert/strict'
import test from 'node:test'
import { findField, requireField } from './field-lines.ts'

test('a field of one line is its value', () => {
  assert.equal(findField({ signature: 'a' }, 'signature'), 'a')
  assert.equal(requireField({ signature: 'a' }, 'signature'), 'a')
  assert.equal(requireField({ signature: '' }, 'signature'), '')
})

test('lines of one name are combined as RFC 9110 §5.3 says', () => {
  assert.equal(findField({ signature: ['a', 'b'] }, 'signature'), 'a, b')
  assert.equal(findField({ signature: ['a'] }, 'signature'), 'a')
})

test('a field that is not there is undefined, or malformed where it is wanted', () => {
  assert.equal(findField({}, 'signature'), undefined)
  assert.throws(() => requireField({ 'signature-input': 'a' }, 'signature'), {
    code: 'malformed',
    message: 'the field signature is missing',
  })
})
