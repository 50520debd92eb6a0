import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peerAddress } from './peer-address.ts'

const cases: [what: string, remote: string | undefined, address: string | null][] = [
  ['an IPv4 address', '203.0.113.7', '203.0.113.7'],
  ['an IPv4 address on a dual-stack socket', '::ffff:203.0.113.7', '203.0.113.7'],
  ['a link-local address with its zone', 'fe80::1%eth0', 'fe80::1'],
  ['a connection that is closed', undefined, null],
  ['something that is no address', '/run/ipupdater.sock', null],
]

for (const [what, remote, address] of cases) {
  test(`${what}: ${remote} is ${address}`, () => assert.equal(peerAddress(remote), address))
}
