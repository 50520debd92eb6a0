import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Address } from './address.ts'
import { familyName, familyOf, parseAddress } from './address.ts'

test('an IPv4 address has one spelling', () => {
  assert.equal(parseAddress('203.0.113.7'), '203.0.113.7')
  assert.equal(parseAddress('0.0.0.0'), '0.0.0.0')
  assert.equal(parseAddress('255.255.255.255'), '255.255.255.255')
})

test('an IPv6 address is written as in the examples of RFC 5952', () => {
  const examples = [
    // §4.1 leading zeros, §4.3 lower case
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    // §4.2.1 as short as possible
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8::0:1', '2001:db8::1'],
    // §4.2.2 one group of zeros stands as it is
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    // §4.2.3 the longest run, and the first of equals
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    // runs at either end, and nothing but zeros
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    // RFC 4291 §2.2 (3): an IPv4 tail that is not an IPv4-mapped address
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::192.0.2.33', '::c000:221'],
    ['1:2:3:4:5:6:255.0.1.16', '1:2:3:4:5:6:ff00:110'],
  ] as const
  for (const [given, expected] of examples) assert.equal(parseAddress(given), expected, given)
})

test('an IPv4-mapped IPv6 address is the IPv4 address, however it is written', () => {
  for (const given of ['::ffff:203.0.113.7', '::FFFF:cb00:7107', '0:0:0:0:0:ffff:cb00:7107']) {
    assert.equal(parseAddress(given), '203.0.113.7', given)
  }
  assert.equal(parseAddress('::ffff:0:0'), '0.0.0.0')
})

test('an address that only resembles an IPv4-mapped one stays IPv6', () => {
  for (const given of ['::fffe:cb00:7107', '::ffff:0:cb00:7107', '1::ffff:cb00:7107', '::1:ffff:cb00:7107']) {
    assert.equal(parseAddress(given), given)
  }
})

test('text that is not an address is refused as malformed, and quoted', () => {
  const others = [
    '',
    ' ',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.07',
    ' 203.0.113.7',
    '203.0.113.7\n',
    '203.0.113.7:80',
  ]
  others.push(
    '[::1]',
    '::1%lo',
    'fe80::1%eth0',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    'home',
    '0x7f.1',
    '127.1',
  )
  for (const given of others) {
    assert.throws(
      () => parseAddress(given),
      { code: 'malformed', message: `${JSON.stringify(given)} is not an IPv4 or IPv6 address` },
      given,
    )
  }
})

test('a family has a number and a name', () => {
  assert.equal(familyOf(parseAddress('203.0.113.7')), 4)
  assert.equal(familyOf(parseAddress('2001:db8::1')), 6)
  assert.equal(familyOf(parseAddress('::ffff:203.0.113.7')), 4)
  assert.equal(familyName(4), 'IPv4')
  assert.equal(familyName(6), 'IPv6')
})

test('every IPv4 address keeps its spelling, and parses from its mapped form', () => {
  fc.assert(
    fc.property(fc.ipV4(), text => {
      assert.equal(parseAddress(text), text)
      assert.equal(parseAddress(`::ffff:${text}`), text)
    }),
  )
})

test('every IPv6 address is written as the URL standard writes it, and its spelling is stable', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  const spelt = groups.map(all =>
    all.map(group => group.toString(16).padStart(4, '0').toUpperCase()).join(':'),
  )
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), spelt), text => {
      const address: Address = parseAddress(text)
      assert.equal(parseAddress(address), address)
      if (familyOf(address) === 6) assert.equal(address, new URL(`http://[${text}]`).hostname.slice(1, -1))
    }),
    { numRuns: 1000 },
  )
})
