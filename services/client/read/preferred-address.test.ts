import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { preferredAddress } from './preferred-address.ts'
import type { AcceptedAddress } from './verify-entry.ts'

function accepted(text: string, timestamp: number, interval?: number): AcceptedAddress {
  const family = text.includes(':') ? 6 : 4
  const of = {
    device: parseDeviceName('home'),
    family,
    address: parseAddress(text),
    timestamp,
    isSigned: true,
  } as const
  return (interval === undefined ? of : { ...of, interval }) as AcceptedAddress
}

const cases: [what: string, six: AcceptedAddress, four: AcceptedAddress, family: 4 | 6][] = [
  [
    'IPv4 if both reported within one interval',
    accepted('2001:db8::1', 60_000, 60),
    accepted('192.0.2.1', 1, 60),
    4,
  ],
  [
    'the later one if the other is a whole interval older',
    accepted('2001:db8::1', 60_000, 60),
    accepted('192.0.2.1', 0, 60),
    6,
  ],
  [
    'IPv4 within five minutes if no interval is known',
    accepted('2001:db8::1', 300_000),
    accepted('192.0.2.1', 1),
    4,
  ],
  ['the later one after five minutes', accepted('2001:db8::1', 300_000), accepted('192.0.2.1', 0), 6],
  ['IPv4 if it is the later one', accepted('2001:db8::1', 0), accepted('192.0.2.1', 900_000), 4],
]

for (const [what, six, four, family] of cases) {
  test(`of two addresses the preferred one is ${what}`, () => {
    assert.equal(preferredAddress([six, four]).family, family)
    assert.equal(preferredAddress([four, six]).family, family)
  })
}

test('of two that are equally late the first one is preferred', () => {
  const [a, b] = [accepted('2001:db8::1', 5), accepted('2001:db8::2', 5)]
  assert.equal(preferredAddress([a, b]), a)
})
