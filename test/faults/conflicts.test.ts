import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { report } from './counts.ts'
import { fakeClock } from './fake-clock.ts'
import type { House } from './house.ts'
import { openHouse } from './house.ts'
import { createPlace } from './programs.ts'
import { openRelay } from './relay.ts'
import { isSuccess, reportOnce, reportOnSchedule } from './reports.ts'

// Two networks, as the server sees them. All of 127.0.0.0/8 is this machine's.
const a = '127.0.2.1'
const b = '127.0.2.2'
const c = '127.0.2.3'
const MINUTE = 60

test('an address that flips is shown as contested for an hour, counted, and kept in history', async t => {
  using place = createPlace()
  const clock = fakeClock(place)
  await using house = await openHouse(['home', 'mover'], { both: clock.env })
  const counts = { reports: 0, flips: 0, contested: 0, calm: 0 }
  const reportFrom = async (from: string, device = 'home') => {
    await using network = await openRelay({ port: house.receiver.port, from })
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
    const shown = await house.shown(device)
    assert.deepEqual([shown?.contested, shown?.flips], [isContested, flips])
    assert.equal((await house.page(device)).includes('class="tag contested"'), isContested)
    assert.deepEqual(await addressesOf(house, device), addresses)
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
  await check(true, 1, [a, b, a]) // to stay is no flip
  await reportFrom(b)
  await check(true, 2, [b, a, b, a])

  clock.set(59 * MINUTE)
  await check(true, 2, [b, a, b, a])
  clock.set(61 * MINUTE)
  await check(false, 2, [b, a, b, a])

  // More than an hour after it was last held, the old address is just the next one.
  await reportFrom(a)
  await check(false, 2, [a, b, a, b, a])

  await reportFrom(a, 'mover')
  await reportFrom(b, 'mover')
  await reportFrom(c, 'mover')
  await check(false, 0, [c, b, a], 'mover')
  report(t, 'conflicts-in-turn', counts)
})

test('two machines under one name, at the same time: each flip counted, none of their reports lost', async t => {
  await using house = await openHouse(['home'])
  await using networkA = await openRelay({ port: house.receiver.port, from: a })
  await using networkB = await openRelay({ port: house.receiver.port, from: b })
  const machines = [networkA, networkB].map(({ url }, index) =>
    reportOnSchedule(
      { server: url, device: 'home' },
      '* * * * * *',
      join(house.place.dir, `status-${index}`),
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

  const shown = await house.shown('home')
  const addresses = await addressesOf(house, 'home')
  const entries = await house.history('home')
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
  // The first two are new, and each after them is one of the two again.
  assert.equal(shown?.flips, addresses.length - 2)
  assert.ok(shown.flips > 0 && shown.contested)
  // The last answer of a machine that is stopped may not have reached it.
  assert.ok(recorded >= byA + byB && recorded <= byA + byB + 2, `${recorded} of ${byA} + ${byB}`)
})

/** Newest first. */
async function addressesOf(house: House, device: string): Promise<string[]> {
  return (await house.history(device)).flatMap(entry => (entry.kind === 'tenure' ? [entry.address] : []))
}
