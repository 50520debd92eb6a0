import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { generateSecret, parseDeviceName, parseSecret } from './device.ts'

test('a device name is 1 to 63 of a-z, 0-9 and "-"', () => {
  for (const name of ['a', '0', 'home', 'home-2', 'a-', 'x'.repeat(63)])
    assert.equal(parseDeviceName(name), name)
})

test('a name that would need escaping, or look like an option, is refused as malformed', () => {
  const others = [
    '',
    '-',
    '-home',
    'Home',
    'höme',
    'my home',
    'home\n',
    '\nhome',
    'home.lan',
    'a_b',
    'a/b',
    'x'.repeat(64),
  ]
  for (const name of others) assert.throws(() => parseDeviceName(name), { code: 'malformed' }, name)
})

test('the refusal says what was given and what to use', () => {
  assert.throws(() => parseDeviceName('My Home'), {
    message: '"My Home" is not a device name: use 1 to 63 of a-z, 0-9 and "-", not "-" first',
  })
})

test('every accepted name needs no escaping in a URL', () => {
  const characters = fc.constantFrom(...'abz019-A. _%/')
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 70 }), text => {
      fc.pre(accepts(text))
      assert.equal(encodeURIComponent(text), text)
      assert.ok(text.length >= 1 && text.length <= 63 && !text.startsWith('-'))
    }),
  )
})

function accepts(text: string): boolean {
  try {
    return parseDeviceName(text) === text
  } catch {
    return false
  }
}

test('a secret has 16 characters or more', () => {
  assert.equal(parseSecret('0123456789abcdef'), '0123456789abcdef')
  assert.throws(() => parseSecret('0123456789abcde'), {
    code: 'malformed',
    message: 'the secret has 15 characters: use at least 16',
  })
})

test('characters are counted, not UTF-16 code units', () => {
  assert.throws(() => parseSecret('🔑'.repeat(15)), { message: /has 15 characters/ })
  assert.equal(parseSecret('🔑'.repeat(16)), '🔑'.repeat(16))
})

test('a passphrase with spaces inside and letters of any script is a secret', () => {
  for (const text of ['correct horse battery staple', 'ein sehr gut gehütetes Wörtchen', 'x'.repeat(1000)]) {
    assert.equal(parseSecret(text), text)
  }
})

test('white space around a secret is refused, because it is never intended', () => {
  for (const text of [
    '0123456789abcdef\n',
    ' 0123456789abcdef',
    '0123456789abcdef\r\n',
    '0123456789abcdef ',
  ]) {
    assert.throws(() => parseSecret(text), {
      code: 'malformed',
      message: 'the secret has white space at its start or end: remove it',
    })
  }
})

test('a character that cannot be printed, or has no UTF-8 form, is refused', () => {
  for (const text of ['01234567\n89abcdef', '01234567\u000089abcdef', '01234567\ud80089abcdef']) {
    assert.throws(() => parseSecret(text), {
      code: 'malformed',
      message: 'the secret contains characters that cannot be printed',
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
