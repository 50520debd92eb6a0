import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseDeviceName } from './device-name.ts'

test('a device name is 1 to 63 of a-z, 0-9 and "-"', () => {
  for (const name of ['a', '0', 'home', 'home-2', 'a-', 'x'.repeat(63)])
    assert.equal(parseDeviceName(name), name)
})

test('a name that would need escaping, or look like a flag, is refused as malformed', () => {
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

test('the refusal says what was given and what is wanted', () => {
  assert.throws(() => parseDeviceName('My Home'), {
    message: '"My Home" is not a device name: 1 to 63 of a-z, 0-9 and "-", and no "-" in front',
  })
})

test('whatever is accepted stands in a URL as it is', () => {
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
