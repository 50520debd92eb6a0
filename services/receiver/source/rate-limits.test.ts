import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtocolError, parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { LIMIT_WINDOW_SECONDS } from '../settings.ts'
import type { RateLimitSettings } from './rate-limits.ts'
import { createRateLimits, limitKey } from './rate-limits.ts'

const settings = { unsignedPerPrefix: 20, unsignedPerDevice: 3, unsigned: 100, signedPerDevice: 4 }
const windowMs = LIMIT_WINDOW_SECONDS * 1000
const home = parseDeviceName('home')
const office = parseDeviceName('office')
const here = '203.0.113.7'
const elsewhere = '2001:db8:0:0::/64'

test('as many unsigned messages as allowed pass from a prefix, and not one more', () => {
  const { limits } = start()
  times(20, () => limits.consumeUnauthenticated(here, null))
  refuses(
    () => limits.consumeUnauthenticated(here, null),
    /^more than 20 messages from 203\.0\.113\.7 without a valid signature or password in 10 seconds/,
  )
  limits.consumeUnauthenticated(elsewhere, null)
})

test('failed signatures under a name are refused at their limit, from that prefix and under that name alone', () => {
  const { limits } = start()
  times(3, () => limits.consumeUnauthenticated(here, home))
  refuses(
    () => limits.consumeUnauthenticated(here, home),
    /^more than 3 failed attempts for home from 203\.0\.113\.7/,
  )
  limits.consumeUnauthenticated(elsewhere, home)
  limits.consumeUnauthenticated(here, office)
})

test('failed signatures under many names count together for their prefix', () => {
  const { limits } = start()
  times(20, index => limits.consumeUnauthenticated(here, parseDeviceName(`device-${index}`)))
  refuses(() => limits.consumeUnauthenticated(here, office))
})

test('the total is that of all prefixes, and refused messages do not count towards it', () => {
  const { limits } = start()
  times(50, () => {
    try {
      limits.consumeUnauthenticated(here, null)
    } catch {}
  })
  times(80, index => limits.consumeUnauthenticated(`prefix ${index}`, null))
  refuses(() => limits.consumeUnauthenticated('another', null), /^more than 100 messages from everywhere/)
})

test('a device has a budget of its own for each prefix, which unsigned messages cannot use', () => {
  const { limits } = start()
  times(1000, () => {
    try {
      limits.consumeUnauthenticated(here, home)
    } catch {}
  })
  times(4, () => {
    limits.assertSignedLeft(home, here)
    limits.consumeSigned(home, here)
  })
  refuses(() => limits.assertSignedLeft(home, here), /^more than 4 messages of home from 203\.0\.113\.7/)
  limits.assertSignedLeft(home, elsewhere)
  limits.assertSignedLeft(office, here)
})

test('asking whether something is left consumes nothing', () => {
  const { limits } = start()
  times(100, () => limits.assertSignedLeft(home, here))
})

test('every budget begins again after its window', () => {
  const { limits, pass } = start()
  const useUp = () => {
    times(20, () => limits.consumeUnauthenticated(here, null))
    times(4, () => limits.consumeSigned(home, here))
  }
  useUp()
  pass(windowMs - 1)
  refuses(() => limits.consumeUnauthenticated(here, null))
  refuses(() => limits.assertSignedLeft(home, here))
  pass(1)
  limits.assertSignedLeft(home, here)
  useUp()
})

test('a refusal says in how many whole seconds to try again, at least one', () => {
  const { limits, pass } = start()
  times(20, () => limits.consumeUnauthenticated(here, null))
  const waits = [0, 6_500, 3_499].map(ms => {
    pass(ms)
    return refuses(() => limits.consumeUnauthenticated(here, null)).extra.retryAfter
  })
  assert.deepEqual(waits, [10, 4, 1])
})

test('a limit of 0 is none', () => {
  const { limits } = start({ unsignedPerPrefix: 0, unsignedPerDevice: 0, unsigned: 0, signedPerDevice: 0 })
  times(2000, () => {
    limits.consumeUnauthenticated(here, home)
    limits.consumeSigned(home, here)
    limits.assertSignedLeft(home, here)
  })
})

test('beyond 100,000 keys in one window new ones are not counted, and known ones still are', () => {
  const { limits } = start({ ...settings, unsigned: 0, unsignedPerPrefix: 1 })
  times(100_000, index => limits.consumeUnauthenticated(`prefix ${index}`, null))
  times(2, () => limits.consumeUnauthenticated('one too many', null))
  refuses(() => limits.consumeUnauthenticated('prefix 99999', null))
})

test('unclear sources share one key', () => {
  assert.equal(limitKey({ unclear: 'this' }), limitKey({ unclear: 'that' }))
  assert.equal(limitKey({ address: parseAddress('2001:db8::1') }), '2001:db8:0:0::/64')
})

/** The clock stands still until the test moves it. */
function start(given: RateLimitSettings = settings) {
  let uptimeMs = 5_000
  const pass = (ms: number) => {
    uptimeMs += ms
  }
  return { limits: createRateLimits(given, () => uptimeMs), pass }
}

function times(count: number, act: (index: number) => void): void {
  for (let index = 0; index < count; index++) act(index)
}

function refuses(act: () => void, message = /./): ProtocolError {
  try {
    act()
  } catch (error) {
    assert.ok(error instanceof ProtocolError)
    assert.equal(error.code, 'rate-limited')
    assert.match(error.message, message)
    return error
  }
  return assert.fail('was not refused')
}
