import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAddress } from './address.ts'
import {
  EMPTY_BODY,
  encodeObservedAddress,
  encodeReceipt,
  encodeUpdate,
  MAX_INTERVAL_SECONDS,
  parseEmptyBody,
  parseObservedAddress,
  parseReceipt,
  parseUpdate,
} from './bodies.ts'

const address = parseAddress('203.0.113.7')
const timestamp = 1763827200123

function malformed(parse: (text: string) => unknown, text: string, message: string | RegExp = /./): void {
  assert.throws(() => parse(text), { code: 'malformed', message }, text)
}

test('bodies are written with their members in the order of the page', () => {
  assert.equal(
    encodeObservedAddress({ timestamp, address }),
    '{"address":"203.0.113.7","timestamp":1763827200123}',
  )
  assert.equal(encodeUpdate({ timestamp, address }), '{"address":"203.0.113.7","timestamp":1763827200123}')
  assert.equal(
    encodeUpdate({ interval: 300, timestamp, address }),
    '{"address":"203.0.113.7","timestamp":1763827200123,"interval":300}',
  )
  assert.equal(
    encodeReceipt({ lastSeen: 2, firstSeen: 1, address, result: 'refreshed' }),
    '{"result":"refreshed","address":"203.0.113.7","firstSeen":1,"lastSeen":2}',
  )
})

test('members are read in any order, with any white space', () => {
  const text = ' { "timestamp" : 1763827200123,\n"address" : "203.0.113.7" } '
  assert.deepEqual(parseObservedAddress(text), { address, timestamp })
  assert.deepEqual(parseUpdate(text), { address, timestamp })
})

test('the body of a question is an empty object', () => {
  assert.equal(EMPTY_BODY, '{}')
  parseEmptyBody(EMPTY_BODY)
  parseEmptyBody(' { } ')
  malformed(parseEmptyBody, '', 'the request is not JSON: ""')
  malformed(parseEmptyBody, '[]', 'the request is not a JSON object: "[]"')
  malformed(parseEmptyBody, 'null', 'the request is not a JSON object: "null"')
  malformed(parseEmptyBody, '7', 'the request is not a JSON object: "7"')
  malformed(parseEmptyBody, '{"a":1}', 'the request has an unknown member "a"')
  malformed(parseEmptyBody, '\ufeff{}', /^the request is not JSON/)
})

test('a missing or unknown member is named', () => {
  malformed(parseUpdate, '{"address":"203.0.113.7"}', 'the update has no member "timestamp"')
  malformed(parseObservedAddress, '{"timestamp":1}', 'the answer has no member "address"')
  malformed(parseReceipt, '{}', 'the receipt has no member "result"')
  malformed(
    parseObservedAddress,
    '{"address":"203.0.113.7","timestamp":1,"interval":300}',
    'the answer has an unknown member "interval"',
  )
  malformed(
    parseUpdate,
    '{"address":"203.0.113.7","timestamp":1,"__proto__":{"interval":1}}',
    'the update has an unknown member "__proto__"',
  )
})

test('a member that comes twice is refused, because parsers differ in which value they take', () => {
  const message = / has a member twice, or an escaped quotation mark$/
  malformed(parseUpdate, '{"address":"198.51.100.1","address":"203.0.113.7","timestamp":1}', message)
  malformed(parseUpdate, '{"address":"203.0.113.7","timestamp":2,"timestamp":1}', message)
  malformed(parseUpdate, '{"address":"203.0.113.7","timestamp":{},"timestamp":1}', message)
  malformed(parseUpdate, '{"address":"203.0.113.7","timestamp":1,"\\u0074imestamp":1}', message)
  malformed(
    parseUpdate,
    '{"interval":1,"address":"203.0.113.7","timestamp":2,"interval":1}',
    'the update has a member twice, or an escaped quotation mark',
  )
})

test('a member of another type is refused', () => {
  for (const value of ['null', 'true', '[]', '{}', '["203.0.113.7"]']) {
    malformed(
      parseObservedAddress,
      `{"address":${value},"timestamp":1}`,
      '"address" in the answer is not a string or a number',
    )
  }
  malformed(parseObservedAddress, '{"address":7,"timestamp":1}', '"address" is not a string')
  malformed(
    parseObservedAddress,
    '{"address":"203.0.113.7","timestamp":"1"}',
    /^"timestamp" is "1"; use an integer of milliseconds/,
  )
})

test('an address is accepted only in its canonical spelling', () => {
  malformed(
    parseUpdate,
    '{"address":"2001:DB8::1","timestamp":1}',
    '"address" is "2001:DB8::1"; write "2001:db8::1"',
  )
  malformed(
    parseUpdate,
    '{"address":"::ffff:203.0.113.7","timestamp":1}',
    '"address" is "::ffff:203.0.113.7"; write "203.0.113.7"',
  )
  malformed(parseUpdate, '{"address":"home","timestamp":1}', '"home" is not an IPv4 or IPv6 address')
})

test('a time is an integer that a double holds exactly, zero or more', () => {
  const parse = (value: string) =>
    parseObservedAddress(`{"address":"203.0.113.7","timestamp":${value}}`).timestamp
  assert.equal(parse('0'), 0)
  assert.equal(parse('9007199254740991'), Number.MAX_SAFE_INTEGER)
  for (const value of ['-1', '0.5', '9007199254740992', '1e400']) {
    malformed(parse, value, /^"timestamp" is ".*"; use an integer of milliseconds since the epoch$/)
  }
})

test('an interval is an integer of seconds from 1 to 31 days', () => {
  const parse = (value: string) =>
    parseUpdate(`{"address":"203.0.113.7","timestamp":1,"interval":${value}}`).interval
  assert.equal(MAX_INTERVAL_SECONDS, 2_678_400)
  assert.equal(parse('1'), 1)
  assert.equal(parse('2678400'), 2_678_400)
  for (const value of ['0', '-1', '0.5', '300.5', '2678401', '"300"']) {
    malformed(parse, value, /^"interval" is ".*"; use an integer of seconds from 1 to 2678400 \(31 days\)$/)
  }
})

test('a receipt has one of two results, and both of its times', () => {
  const parse = (result: string, first = '1', last = '2') =>
    parseReceipt(`{"result":${result},"address":"203.0.113.7","firstSeen":${first},"lastSeen":${last}}`)
  assert.deepEqual(parse('"new"'), { result: 'new', address, firstSeen: 1, lastSeen: 2 })
  assert.deepEqual(parse('"refreshed"'), { result: 'refreshed', address, firstSeen: 1, lastSeen: 2 })
  malformed(() => parse('"maybe"'), '', '"result" is "maybe"; use "new" or "refreshed"')
  malformed(() => parse('1'), '', '"result" is "1"; use "new" or "refreshed"')
  malformed(() => parse('"new"', '-1'), '', /^"firstSeen" is "-1"/)
  malformed(() => parse('"new"', '1', '-1'), '', /^"lastSeen" is "-1"/)
})

const addresses = fc.oneof(fc.ipV4(), fc.ipV6()).map(parseAddress)
const times = fc.maxSafeNat()

test('every observed address, update and receipt survives writing and reading', () => {
  const intervals = fc.integer({ min: 1, max: MAX_INTERVAL_SECONDS })
  const answers = fc.record({ address: addresses, timestamp: times }, { noNullPrototype: true })
  const updates = fc.record(
    { address: addresses, timestamp: times, interval: intervals },
    { requiredKeys: ['address', 'timestamp'], noNullPrototype: true },
  )
  const receipts = fc.record(
    { result: fc.constantFrom('new', 'refreshed'), address: addresses, firstSeen: times, lastSeen: times },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(answers, given =>
      assert.deepEqual(parseObservedAddress(encodeObservedAddress(given)), given),
    ),
  )
  fc.assert(fc.property(updates, given => assert.deepEqual(parseUpdate(encodeUpdate(given)), given)))
  fc.assert(fc.property(receipts, given => assert.deepEqual(parseReceipt(encodeReceipt(given)), given)))
})

test('any JSON is either read completely or refused as malformed', () => {
  const values = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .dictionary(fc.constantFrom('address', 'timestamp', '__proto__'), fc.jsonValue())
      .map(value => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(values, text => {
      for (const parse of [parseEmptyBody, parseObservedAddress, parseUpdate, parseReceipt]) {
        try {
          parse(text)
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, 'malformed')
        }
      }
    }),
    { numRuns: 500 },
  )
})
