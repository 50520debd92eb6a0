import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Backend } from '../contract.suite.ts'
import { home, report } from '../fixtures/reports.ts'

const cabin = parseDeviceName('cabin')
const year = 365 * 86_400_000

/** The operations on all that is recorded about one device. */
export function testDevice(backend: Backend): void {
  test('a device that reported while the clock was ahead is refused, and can report again after its times are reset', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const now = 1_000_000
    await store.commit(report(now - 1000))
    await store.commit(report(now + year))
    assert.deepEqual(await store.commit(report(now + 1)), { refused: 'not-newer', last: now + year })

    assert.deepEqual(await store.resetTimes(home, now), {
      addresses: [{ address: '192.0.2.1', firstSeen: now - 1000, lastSeen: now + year }],
      removed: 0,
    })
    const [address] = (await database.reader().currentOf(home)) ?? []
    assert.deepEqual([address?.firstSeen, address?.lastSeen], [now - 1000, now])
    assert.deepEqual(await store.commit(report(now)), { refused: 'not-newer', last: now })
    assert.ok('result' in (await store.commit(report(now + 1))))
  })

  test('a reset takes out what began in the future, shortens what ends there, and leaves the rest and the others', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const now = 10_000_000
    const inFuture = now + year
    for (const device of ['home', 'cabin']) {
      await store.commit(report(now - 3000, { device, interval: 1 }))
      await store.commit(report(inFuture - 1, { device, interval: 1 })) // ends in the future
      await store.commit(report(inFuture, { device, address: '192.0.2.2', interval: 1 }))
      await store.commit(report(inFuture + year, { device, address: '192.0.2.3', interval: 1 }))
      await store.commit(report(inFuture + 2 * year, { device, address: '2001:db8::1' }))
    }
    const reader = database.reader({ now: () => now })
    const others = await reader.history({ device: cabin, limit: 100 })

    const reset = await store.resetTimes(home, now)
    assert.deepEqual(
      reset?.addresses.map(({ address }) => address),
      ['192.0.2.3', '2001:db8::1'],
    )
    assert.ok((reset?.removed ?? 0) > 0)
    const entries = (await reader.history({ device: home, limit: 100 }))?.entries ?? []
    assert.ok(entries.length >= 3)
    for (const entry of entries) {
      const [from, to] = entry.kind === 'tenure' ? [entry.firstSeen, entry.lastSeen] : [entry.from, entry.to]
      assert.ok(from <= now && (to ?? 0) <= now, JSON.stringify(entry))
    }
    assert.deepEqual(await reader.history({ device: cabin, limit: 100 }), others)
  })

  test('a reset lowers a replay floor that lies in the future, and no other', async t => {
    const database = await backend.database(t)
    const store = await database.store({ newDatabaseFloor: 5000 })
    await store.commit(report(6000))
    await store.resetTimes(home, 9000)
    assert.deepEqual(await store.commit(report(4000, { device: 'cabin' })), {
      refused: 'not-newer',
      last: 5000,
    })
    await store.resetTimes(home, 3000)
    assert.ok('result' in (await store.commit(report(4000, { device: 'cabin' }))))
  })

  test('a reset of a device whose times are right changes nothing', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000))
    const reader = database.reader()
    const before = await reader.history({ device: home, limit: 10 })
    assert.deepEqual(await store.resetTimes(home, 2000), { addresses: [], removed: 0 })
    assert.deepEqual(await reader.history({ device: home, limit: 10 }), before)
  })

  test('a forgotten device leaves nothing, and the others stay', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    // The forgotten one comes last: its number may be given to the next device.
    for (const device of ['cabin', 'home']) {
      await store.commit(report(1000, { device, interval: 1 }))
      await store.commit(report(900_000, { device, address: '192.0.2.2' }))
      await store.commit(report(900_001, { device, address: '2001:db8::1' }))
    }
    const reader = database.reader()
    const others = await reader.history({ device: cabin, limit: 100 })
    assert.equal(await store.forget(home), true)
    assert.equal(await reader.currentOf(home), null)
    assert.equal(await reader.history({ device: home, limit: 100 }), null)
    assert.deepEqual(await reader.history({ limit: 100 }), others)
    assert.deepEqual(await reader.history({ device: cabin, limit: 100 }), others)
    await store.commit(report(500, { device: 'boat' }))
    const next = await reader.history({ device: parseDeviceName('boat'), limit: 100 })
    assert.equal(next?.entries.length, 1)
    assert.ok('result' in (await store.commit(report(500))), 'it is as new')
  })

  test('a device that was never seen can be neither reset nor forgotten', async t => {
    const store = await (await backend.database(t)).store()
    assert.equal(await store.resetTimes(home, 1000), null)
    assert.equal(await store.forget(home), false)
  })
}
