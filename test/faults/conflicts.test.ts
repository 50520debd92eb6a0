import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { isSuccess, reportOnce, reportOnSchedule } from '../fixtures/client-reports.ts'
import { fakeClock } from '../fixtures/fake-clock.ts'
import { createVolumes } from '../fixtures/programs.ts'
import { openRelay } from '../fixtures/relay.ts'
import type { Stack } from '../fixtures/stack.ts'
import { openStack } from '../fixtures/stack.ts'
import { report } from './counts.ts'

// Networks as the server sees them. All of 127.0.0.0/8 is this machine.
const a = '127.0.2.1'
const b = '127.0.2.2'
const c = '127.0.2.3'
const MINUTE = 60

test('a flapping address is contested for an hour, and flips are counted and kept', async t => {
  using volumes = createVolumes()
  const clock = fakeClock(volumes)
  await using stack = await openStack(['home', 'mover'], { both: clock.env })
  const counts = { reports: 0, flips: 0, contested: 0, calm: 0 }
  const reportFrom = async (from: string, device = 'home') => {
    await using network = await openRelay({ port: stack.receiver.port, from })
    const { exit, done } = await reportOnce({ server: network.url, device })
    assert.deepEqual([exit, done?.address], [0, from])
    counts.reports++
  }
  const check = async (
    isContested: boolean,
    flips: number,
    addresses: readonly string[],
    device = 'home',
  ) => {
    const shown = await stack.shown(device)
    assert.deepEqual([shown?.contested, shown?.flips], [isContested, flips])
    assert.equal((await stack.page(device)).includes('class="state contested"'), isContested)
    assert.deepEqual(await addressesOf(stack, device), addresses)
    if (isContested) counts.contested++
    else counts.calm++
    counts.flips = Math.max(counts.flips, flips)
  }

  await reportFrom(a)
  await reportFrom(b)
  await check(false, 0, [b, a]) // a new lease is no conflict
  await reportFrom(a)
  await check(true, 1, [a, b, a])
  await reportFrom(a)
  await check(true, 1, [a, b, a]) // staying is no flip
  await reportFrom(b)
  await check(true, 2, [b, a, b, a])

  clock.set(59 * MINUTE)
  await check(true, 2, [b, a, b, a])
  clock.set(61 * MINUTE)
  await check(false, 2, [b, a, b, a])

  // After more than an hour, a return to an old address is no flip.
  await reportFrom(a)
  await check(false, 2, [a, b, a, b, a])

  await reportFrom(a, 'mover')
  await reportFrom(b, 'mover')
  await reportFrom(c, 'mover')
  await check(false, 0, [c, b, a], 'mover')
  report(t, 'conflicts-in-turn', counts)
})

test('with two machines under one name, each flip is counted and no report lost', async t => {
  await using stack = await openStack(['home'])
  await using networkA = await openRelay({ port: stack.receiver.port, from: a })
  await using networkB = await openRelay({ port: stack.receiver.port, from: b })
  const machines = [networkA, networkB].map(({ url }, index) =>
    reportOnSchedule(
      { server: url, device: 'home' },
      '* * * * * *',
      join(stack.volumes.dir, `status-${index}`),
    ),
  )
  const claimed = () => machines.map(machine => machine.lines().filter(isSuccess).length)
  try {
    const enough = machines.map(async machine => {
      while (machine.lines().filter(isSuccess).length < 5) {
        await machine.line(machine.lines().length, isSuccess)
      }
    })
    await Promise.all(enough)
  } finally {
    await Promise.all(machines.map(machine => machine[Symbol.asyncDispose]()))
  }

  const shown = await stack.shown('home')
  const addresses = await addressesOf(stack, 'home')
  const entries = await stack.history('home')
  const recorded = entries.reduce(
    (sum, entry) => sum + (entry.kind === 'tenure' ? entry.confirmations : 0),
    0,
  )
  const [byA = 0, byB = 0] = claimed()
  report(t, 'conflicts-at-once', {
    claimed: byA + byB,
    recorded,
    tenures: addresses.length,
    flips: shown?.flips ?? 0,
  })
  assert.deepEqual(new Set(addresses), new Set([a, b]))
  // The first two are new, and all others are flips.
  assert.equal(shown?.flips, addresses.length - 2)
  assert.ok(shown.flips > 0 && shown.contested)
  // A stopped machine may have missed its last answer.
  assert.ok(recorded >= byA + byB && recorded <= byA + byB + 2, `${recorded} of ${byA} + ${byB}`)
})

/** Newest first. */
async function addressesOf(stack: Stack, device: string): Promise<string[]> {
  return (await stack.history(device)).flatMap(entry => (entry.kind === 'tenure' ? [entry.address] : []))
}
