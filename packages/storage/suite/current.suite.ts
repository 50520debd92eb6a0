import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Backend } from '../contract.suite.ts'
import { home, report } from '../fixtures/reports.ts'

/** What a reader says of the present. */
export function testCurrent(backend: Backend): void {
  test('an unknown device is null; a device without an address in that family is an empty list', async t => {
    const database = await backend.database(t)
    await (await database.store()).commit(report(1000))
    const reader = database.reader()
    assert.equal(await reader.currentOf(parseDeviceName('nobody')), null)
    assert.equal(await reader.history({ device: parseDeviceName('nobody'), limit: 5 }), null)
    assert.deepEqual(await reader.currentOf(home, 6), [])
  })

  test('lateness is judged by the last report in any family', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000, { interval: 300 }))
    await store.commit(report(9000, { interval: 300, address: '2001:db8::1' }))
    for (const family of [undefined, 4, 6] as const) {
      for (const address of (await database.reader().currentOf(home, family)) ?? []) {
        assert.deepEqual([address.reportedAt, address.dueAt, address.lateAfter], [9000, 309_000, 459_000])
      }
    }
  })

  test('current addresses come page by page in the order of the names, and of the families', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const names = ['c', 'a', 'd', 'b', 'e']
    for (const device of names) {
      await store.commit(report(1000, { device, address: '2001:db8::1' }))
      await store.commit(report(1000, { device }))
    }
    const reader = database.reader()
    const first = await reader.current({ limit: 3 })
    assert.deepEqual(
      first.addresses.map(({ device, family }) => `${device}${family}`),
      ['a4', 'a6', 'b4', 'b6', 'c4', 'c6'],
    )
    assert.equal(first.next, 'c')
    const second = await reader.current({ after: parseDeviceName('c'), limit: 3, family: 6 })
    assert.deepEqual(
      second.addresses.map(({ device, family }) => `${device}${family}`),
      ['d6', 'e6'],
    )
    assert.equal(second.next, null)
  })

  test('a page that ends with the last device has no next one', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    for (const device of ['a', 'b']) await store.commit(report(1000, { device }))
    assert.equal((await database.reader().current({ limit: 2 })).next, null)
    assert.equal((await database.reader().devices({ limit: 2 })).next, null)
    assert.equal((await database.reader().devices({ limit: 1 })).next, 'a')
  })

  test('a device comes with its deadlines, its skew and the secret it uses', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000, { interval: 300, skewMs: -86_400_000, secretAdded: 17 }))
    assert.deepEqual((await database.reader().devices({ limit: 5 })).devices, [
      {
        device: 'home',
        lastSeen: 1000,
        interval: 300,
        dueAt: 301_000,
        lateAfter: 451_000,
        skewMs: -86_400_000,
        secretAdded: 17,
      },
    ])
  })

  test('some devices can be read by name; those that do not exist are left out', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    for (const [index, device] of ['b', 'a', 'c'].entries()) await store.commit(report(index + 1, { device }))
    const named = await database.reader().devicesNamed(['c', 'nobody', 'a', 'c'].map(parseDeviceName))
    assert.deepEqual(
      named.map(({ device, lastSeen }) => [device, lastSeen]),
      [
        ['a', 2],
        ['c', 3],
      ],
    )
    assert.deepEqual(await database.reader().devicesNamed([]), [])
  })

  test('the version changes with every commit, and with nothing else', async t => {
    const database = await backend.database(t)
    const [store, reader] = [await database.store(), database.reader()]
    const empty = await reader.version()
    assert.equal(await reader.version(), empty)
    await store.commit(report(1000))
    const written = await reader.version()
    assert.notEqual(written, empty)
    await reader.current({ limit: 10 })
    assert.equal(await reader.version(), written)
  })
}
