import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { assertKnown, assertOwnAddress, assertPublic } from './source-rules.ts'

const address = parseAddress('203.0.113.7')

test('a source that is neither unclear nor masked is the address', () => {
  assert.equal(
    assertKnown({ address }, () => false),
    address,
  )
})

test('an unclear source is refused with the reason', () => {
  assert.throws(() => assertKnown({ unclear: 'the reason' }, () => false), {
    code: 'source-unclear',
    message: 'the reason',
  })
})

test('a masked source is refused with the address that the server sees', () => {
  const gateway = parseAddress('172.18.0.1')
  const isMasked = (seen: string) => seen === gateway
  assert.throws(() => assertKnown({ address: gateway }, isMasked), {
    code: 'source-masked',
    message: "the server sees 172.18.0.1, an address of Docker's own network",
  })
  assert.equal(assertKnown({ address }, isMasked), address)
})

test('a masked request with a forwarding header is refused with the setting that is missing', () => {
  const gateway = parseAddress('172.18.0.1')
  for (const ignored of ['X-Forwarded-For', 'Forwarded'] as const) {
    assert.throws(() => assertKnown({ address: gateway, ignored }, () => true), {
      code: 'source-masked',
      message: `the server sees 172.18.0.1, an address of Docker's own network; a proxy's ${ignored} was ignored: set TRUSTED_PROXIES`,
    })
  }
  assert.equal(
    assertKnown({ address, ignored: 'X-Forwarded-For' }, () => false),
    address,
  )
})

test('an update that comes from the address it names passes', () => {
  assertOwnAddress(address, address)
})

test('an update that comes from another address than it names is refused with both', () => {
  assert.throws(() => assertOwnAddress(address, parseAddress('198.51.100.1')), {
    code: 'address-mismatch',
    message: 'the update names 203.0.113.7 and comes from 198.51.100.1',
  })
})

test('an address that the internet reaches passes', () => {
  assertPublic(parseAddress('192.31.196.1'))
  assertPublic(parseAddress('2a00::1'))
})

test('an address that the internet cannot reach is refused with the block it lies in', () => {
  assert.throws(() => assertPublic(parseAddress('100.64.0.1')), {
    code: 'address-not-public',
    message: /^100\.64\.0\.1 lies in 100\.64\.0\.0\/10: .*carrier-grade NAT.* \(RFC 6598\)$/,
  })
  assert.throws(() => assertPublic(parseAddress('fd00::1')), { code: 'address-not-public' })
})
