import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { generateSecret, parseSecret } from './secret.ts'

test('a secret has 16 characters or more', () => {
  assert.equal(parseSecret('0123456789abcdef'), '0123456789abcdef')
  assert.throws(() => parseSecret('0123456789abcde'), {
    code: 'malformed',
    message: 'the secret has 15 characters, and 16 are the least',
  })
})

test('characters are counted, not their halves', () => {
  assert.throws(() => parseSecret('🔑'.repeat(15)), { message: /has 15 characters/ })
  assert.equal(parseSecret('🔑'.repeat(16)), '🔑'.repeat(16))
})

test('a passphrase with spaces inside and letters of any script is a secret', () => {
  for (const text of ['correct horse battery staple', 'ein sehr gut gehütetes Wörtchen', 'x'.repeat(1000)]) {
    assert.equal(parseSecret(text), text)
  }
})

test('blanks around a secret are refused, since they are never meant', () => {
  for (const text of [
    '0123456789abcdef\n',
    ' 0123456789abcdef',
    '0123456789abcdef\r\n',
    '0123456789abcdef ',
  ]) {
    assert.throws(() => parseSecret(text), {
      code: 'malformed',
      message: 'the secret has blanks around it: remove them',
    })
  }
})

test('what cannot be printed, or has no UTF-8 form, is refused', () => {
  for (const text of ['01234567\n89abcdef', '01234567\u000089abcdef', '01234567\ud80089abcdef']) {
    assert.throws(() => parseSecret(text), {
      code: 'malformed',
      message: 'the secret holds characters that cannot be printed',
    })
  }
})

test('a generated secret is the base64url text of 32 random bytes', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 0xff - index))
  const sizes: number[] = []
  const secret = generateSecret(size => {
    sizes.push(size)
    return bytes
  })
  assert.deepEqual(sizes, [32])
  assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(Buffer.from(secret, 'base64url'), bytes)
})

test('a refusal never repeats the secret', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'XYZ#\n'), minLength: 1, maxLength: 15 }), text => {
      assert.throws(
        () => parseSecret(text),
        error => error instanceof Error && !/[XYZ#]/.test(error.message),
      )
    }),
  )
})
