import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { assertFresh, assertKnown, assertNewer, assertOwnAddress, assertPublic } from './check-report.ts'

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

const now = 1_763_827_200_000
const windowMs = 120_000
const allowed = { windowMs, clockToleranceMs: 0 }

test('a timestamp of this very millisecond is fresh', () => {
  assertFresh(now, now, allowed)
})

test('a timestamp one millisecond later than the clock is refused as ahead', () => {
  assert.throws(() => assertFresh(now + 1, now, allowed), {
    code: 'timestamp-ahead',
    message: "the timestamp is 1 ms ahead of the server's clock",
  })
})

test('a timestamp that another receiver gave may be ahead by the tolerance, and no further', () => {
  const several = { windowMs, clockToleranceMs: 2000 }
  assertFresh(now + 1, now, several)
  assertFresh(now + 2000, now, several)
  assert.throws(() => assertFresh(now + 2001, now, several), {
    code: 'timestamp-ahead',
    message: "the timestamp is 2001 ms ahead of the server's clock",
  })
})

test('a timestamp as old as the window is still fresh', () => {
  assertFresh(now - windowMs, now, allowed)
})

test('a timestamp one millisecond outside the window is refused as stale', () => {
  assert.throws(() => assertFresh(now - windowMs - 1, now, allowed), {
    code: 'stale',
    message: 'the timestamp is 120 s old, and 120 s are allowed',
  })
})

test('a short window is named in milliseconds', () => {
  assert.throws(() => assertFresh(now - 10_000, now, { ...allowed, windowMs: 9_999 }), {
    message: 'the timestamp is 10 s old, and 9999 ms are allowed',
  })
})

test('the outcome of a commit is passed on', () => {
  const receipt = { result: 'new', address: parseAddress('203.0.113.7'), firstSeen: 1, lastSeen: 2 } as const
  assert.equal(assertNewer(receipt, now), receipt)
})

test('a report not newer than the last one is refused as not-newer', () => {
  for (const last of [now, now - 1]) {
    assert.throws(() => assertNewer({ refused: 'not-newer', last }, now), {
      code: 'not-newer',
      message: `an update with the timestamp ${last} is already accepted`,
      extra: {},
    })
  }
})

test("if the last report is later than the server's clock, the refusal says how far the clock is behind", () => {
  assert.throws(() => assertNewer({ refused: 'not-newer', last: now + 1 }, now), {
    code: 'clock-behind',
    extra: { behindMs: 1, retryAfter: 1 },
  })
  assert.throws(() => assertNewer({ refused: 'not-newer', last: now + 3_600_001 }, now), {
    code: 'clock-behind',
    message: "the server's clock must first go forward by 3600 s",
    extra: { behindMs: 3_600_001, retryAfter: 3601 },
  })
})
