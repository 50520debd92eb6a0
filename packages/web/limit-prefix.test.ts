import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import fc from 'fast-check'
import { limitPrefix } from './limit-prefix.ts'

test('an IPv4 address counts alone', () => {
  assert.equal(keyOf('203.0.113.7'), '203.0.113.7')
})

test('an IPv6 address counts with its /64', () => {
  for (const [address, key] of [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::2:3:4:5:6', '1:0:0:2::/64'],
    ['::2:3:4:5:6:7', '0:0:2:3::/64'],
  ] as const) {
    assert.equal(keyOf(address), key)
  }
})

test('two addresses share a key exactly if their first 64 bits are the same', () => {
  const group = fc.integer({ min: 0, max: 0xffff })
  const half = fc.tuple(group, group, group, group)
  const text = (groups: number[]) => groups.map(value => value.toString(16)).join(':')
  fc.assert(
    fc.property(half, half, half, (prefix, one, two) => {
      assert.equal(keyOf(text([...prefix, ...one])), keyOf(text([...prefix, ...two])))
      const other = [prefix[0], prefix[1], prefix[2], prefix[3] ^ 1]
      // ::ffff:0:0/96 would be IPv4.
      fc.pre(prefix.some(value => value !== 0) && other.some(value => value !== 0))
      assert.notEqual(keyOf(text([...prefix, ...one])), keyOf(text([...other, ...one])))
    }),
  )
})

function keyOf(address: string): string {
  return limitPrefix(parseAddress(address))
}
