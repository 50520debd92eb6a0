import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { cidrList, duration, flag, integer, list, oneOf, text, url } from './kinds.ts'
import { path } from './path.ts'
import type { Setting } from './setting.ts'
import { ReadError } from './setting.ts'
import { timeZone } from './time-zone.ts'

const about = { name: 'X', description: '' }
const small = integer({ ...about, min: -5, max: 500 })
const seconds = duration({ ...about, unit: 's', min: 1, max: 86_400 })
const atLeastNothing = duration({ ...about, unit: 's', min: 0, max: 1 })
const days = duration({ ...about, unit: 'd', min: 1, max: 365 })

const accepted: [what: string, setting: Setting<unknown>, given: string, value: unknown][] = [
  ['an integer', small, '80', 80],
  ['the largest integer', small, '500', 500],
  ['a negative integer', small, '-5', -5],
  ['a bare number of seconds', seconds, '120', 120],
  ['minutes in seconds', seconds, '2m', 120],
  ['hours in days', days, '48h', 2],
  ['the shortest duration', seconds, '1', 1],
  ['the longest duration', days, '365', 365],
  ['TRUE', flag(about), 'TRUE', true],
  ['false', flag(about), 'false', false],
  ['one of several', oneOf({ ...about, values: ['auto', '4', '6'] }), '4', '4'],
  ['a list with spaces', list({ ...about, of: small }), '1, 2 ,3', [1, 2, 3]],
  ['a path', path(about), 'data', resolve('data')],
  ['a time zone', timeZone(about), 'Europe/Berlin', 'Europe/Berlin'],
  ['a url', url(about), 'http://[::1]:8080/sub', new URL('http://[::1]:8080/sub')],
]

for (const [what, setting, given, value] of accepted) {
  test(`${what} is read: ${given}`, () => {
    assert.deepEqual(setting.read(given), value)
  })
}

const refused: [what: string, setting: Setting<unknown>, given: string][] = [
  ['a number above the maximum', small, '501'],
  ['a number below the minimum', small, '-6'],
  ['a hexadecimal number', small, '0x10'],
  ['a fraction', small, '1.5'],
  ['a number with spaces', small, ' 1'],
  ['a time without a number', seconds, 's'],
  ['a time in an unknown unit', seconds, '1w'],
  ['a time that is no whole number of the unit', days, '36h'],
  ['a duration below the minimum', seconds, '0'],
  ['a duration above the maximum', days, '366'],
  ['no duration at all', atLeastNothing, ''],
  ['a duration after other text', seconds, 'about 90'],
  ['more than true', flag(about), 'truely'],
  ['not true', flag(about), 'untrue'],
  ['yes for a flag', flag(about), 'yes'],
  ['a value that is not in the list', oneOf({ ...about, values: ['a', 'b'] }), 'c'],
  ['a list with an empty element', list({ ...about, of: small }), '1,,2'],
  ['a host without http://', url(about), 'example.org:8080'],
  ['a url with a password', url(about), 'http://me:pass@example.org/'],
  ['a url with a user name', url(about), 'http://me@example.org/'],
  ['a url with only a password', url(about), 'http://:pass@example.org/'],
  ['a url with a fragment', url(about), 'http://example.org/#a'],
  ['a url of a scheme that begins with http', url(about), 'httpsx://example.org/'],
  ['a url of a scheme that ends with http', url(about), 'xhttp://example.org/'],
  ['a url with a query', url(about), 'http://example.org/?a=1'],
  ['an ftp url', url(about), 'ftp://example.org/'],
  ['an unknown time zone', timeZone(about), 'Mars/Olympus'],
  ['a network of 33 bits', cidrList(about), '10.0.0.0/33'],
  ['a network without an address', cidrList(about), '/8'],
  ['a host name for a network', cidrList(about), 'proxy'],
  ['a network before other text', cidrList(about), '10.0.0.0/8x'],
  ['a network after other text', cidrList(about), 'x10.0.0.0/8'],
]

for (const [what, setting, given] of refused) {
  test(`${what} is refused: ${given}`, () => {
    assert.throws(() => setting.read(given))
  })
}

test('what is shown of a value reads as the same value', () => {
  const holds = <T>(setting: Setting<T>, values: fc.Arbitrary<T>) =>
    fc.assert(fc.property(values, value => assert.deepEqual(setting.read(setting.show(value)), value)))
  holds(small, fc.integer({ min: -5, max: 500 }))
  holds(seconds, fc.integer({ min: 1, max: 86_400 }))
  holds(flag(about), fc.boolean())
  holds(text(about), fc.string())
  holds(path(about), fc.stringMatching(/^\/[a-z]{1,8}$/))
  holds(
    url(about),
    fc.webUrl().map(address => new URL(address)),
  )
  const network = fc.oneof(
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, prefix]) => ({ address, prefix, family: 4 as const })),
    fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, prefix]) => ({ address, prefix, family: 6 as const })),
  )
  holds(cidrList(about), fc.array(network, { minLength: 1, maxLength: 4 }))
})

const spelled: [setting: Setting<unknown>, expected: string, example: string | undefined][] = [
  [seconds, 'a duration from 1s to 1d', '90s, 5m or 12h'],
  [days, 'a duration from 1d to 365d', '30d'],
  [duration({ ...about, unit: 's', min: 0, max: 5_400 }), 'a duration from 0s to 90m', '90s, 5m or 12h'],
  [
    duration({ ...about, unit: 'ms', min: 50, max: 7_200_000 }),
    'a duration from 50ms to 2h',
    '90s, 5m or 12h',
  ],
  [small, 'a whole number from -5 to 500', undefined],
  [oneOf({ ...about, values: ['a', 'b'] }), 'one of a, b', undefined],
  [list({ ...about, of: small }), 'a whole number from -5 to 500', undefined],
  [cidrList(about), 'an address or network', '203.0.113.7,10.0.0.0/8,fd00::/8'],
]

for (const [setting, expected, example] of spelled) {
  test(`a setting says that it expects ${expected}`, () => {
    assert.deepEqual([setting.expected, setting.example], [expected, example])
  })
}

test('an element of a list that cannot be read is named with what is expected, and with the example if there is one', () => {
  const messageOf = (setting: Setting<unknown>, given: string) => {
    try {
      return setting.read(given)
    } catch (error) {
      return error instanceof ReadError ? [error.element, error.message] : error
    }
  }
  assert.deepEqual(messageOf(cidrList(about), '10.0.0.0/8,proxy'), [
    'proxy',
    'is not an address or network. Example: 203.0.113.7,10.0.0.0/8,fd00::/8',
  ])
  assert.deepEqual(messageOf(list({ ...about, of: small }), '1,x'), [
    'x',
    'is not a whole number from -5 to 500.',
  ])
})
