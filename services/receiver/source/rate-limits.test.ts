import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { ProtocolError, parseDeviceName } from '@ipupdater/protocol'
import { LIMIT_WINDOW_SECONDS } from '../settings.ts'
import type { RateLimits } from './rate-limits.ts'
import { createRateLimits, FAILURE_COST } from './rate-limits.ts'

const settings = { perPrefix: 20, failuresPerDevice: 3, perDevice: 4 }
const home = parseDeviceName('home')
const office = parseDeviceName('office')
const here = '203.0.113.7'
const elsewhere = '2001:db8:0:0::/64'

test('as many requests as allowed pass from a prefix, and not one more', async t => {
  const limits = start(t)
  await times(20, () => limits.admitSource(here))
  await refuses(() => limits.admitSource(here), /^more than 20 requests from 203\.0\.113\.7 in 10 seconds/)
})

test('a flood from one prefix does not touch another', async t => {
  const limits = start(t)
  await times(20, () => limits.admitSource(here))
  await refuses(() => limits.admitSource(here))
  await limits.admitSource(elsewhere)
})

test('after its window a prefix starts anew', async t => {
  const limits = start(t)
  await times(20, () => limits.admitSource(here))
  t.mock.timers.tick(LIMIT_WINDOW_SECONDS * 1000 - 1)
  await refuses(() => limits.admitSource(here))
  t.mock.timers.tick(1)
  await times(20, () => limits.admitSource(here))
})

test('a refused request costs five times as much as an accepted one', async t => {
  const limits = start(t)
  await times(20 / FAILURE_COST, async () => {
    await limits.admitSource(here)
    await limits.chargeFailure(here)
  })
  await refuses(() => limits.admitSource(here))
})

test('a refusal tells in how many whole seconds to come back', async t => {
  const limits = start(t)
  await times(20, () => limits.admitSource(here))
  t.mock.timers.tick(6_500)
  const { extra, message } = await refuses(() => limits.admitSource(here))
  assert.deepEqual(extra, { retryAfter: 4 })
  assert.match(message, /try again in 4$/)
})

test('the wait is never longer than a window, even after the clock was stepped back', async t => {
  const limits = start(t)
  await times(20, () => limits.admitSource(here))
  t.mock.timers.setTime(Date.now() - 3_600_000)
  const { extra } = await refuses(() => limits.admitSource(here))
  assert.deepEqual(extra, { retryAfter: LIMIT_WINDOW_SECONDS })
})

test('the wait is never less than a second', async t => {
  const limits = start(t)
  await times(20, () => limits.admitSource(here))
  t.mock.timers.tick(LIMIT_WINDOW_SECONDS * 1000 - 1)
  assert.deepEqual((await refuses(() => limits.admitSource(here))).extra, { retryAfter: 1 })
})

test('failed signatures under a name are refused at the limit, from that prefix alone', async t => {
  const limits = start(t)
  await times(3, async () => {
    await limits.admitName(home, here)
    await limits.chargeName(home, here)
  })
  await refuses(
    () => limits.admitName(home, here),
    /^more than 3 failed signatures for home from 203\.0\.113\.7/,
  )
  await limits.admitName(home, elsewhere)
  await limits.admitName(office, here)
})

test('a name that does not fail is never refused', async t => {
  const limits = start(t)
  await times(100, () => limits.admitName(home, here))
})

test('failed signatures are forgotten after the window', async t => {
  const limits = start(t)
  await times(3, () => limits.chargeName(home, here))
  t.mock.timers.tick(LIMIT_WINDOW_SECONDS * 1000)
  await limits.admitName(home, here)
})

test('a device has its own limit of updates', async t => {
  const limits = start(t)
  await times(4, () => limits.admitUpdate(home))
  await refuses(() => limits.admitUpdate(home), /^more than 4 updates of home in 10 seconds/)
  await limits.admitUpdate(office)
})

test('a limit of 0 is none', async t => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'] })
  const limits = createRateLimits({ perPrefix: 0, failuresPerDevice: 0, perDevice: 0 })
  await times(1000, async () => {
    await limits.admitSource(here)
    await limits.chargeFailure(here)
    await limits.chargeName(home, here)
    await limits.admitName(home, here)
    await limits.admitUpdate(home)
  })
})

/** Limits whose clock stands still until the test moves it. */
function start(t: TestContext): RateLimits {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_763_827_200_000 })
  return createRateLimits(settings)
}

async function times(count: number, act: () => Promise<void>): Promise<void> {
  for (let i = 0; i < count; i++) await act()
}

async function refuses(act: () => Promise<void>, message = /./): Promise<ProtocolError> {
  const error = await act().then(
    () => assert.fail('was admitted'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ProtocolError)
  assert.equal(error.code, 'rate-limited')
  assert.match(error.message, message)
  return error
}
