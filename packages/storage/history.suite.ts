import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Backend } from './contract.suite.ts'
import type { HistoryQuery, Reader } from './contract.ts'
import type { Cursor } from './cursor.ts'
import { home, report } from './fixtures/reports.ts'
import type { HistoryEntry } from './views.ts'

/** What a reader has to do. */
export function testReader(backend: Backend): void {
  test('an unknown device is null; a known one without that family is an empty list', async t => {
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

  test('devices are told with their skew and the secret they use', async t => {
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

  /** Two devices, both families, closed and open tenures, outages, and entries that began in the same millisecond. */
  async function eventful(t: TestContext, now = 10_000_000): Promise<Reader> {
    const database = await backend.database(t)
    const store = await database.store()
    for (const device of ['home', 'other']) {
      for (const [timestamp, address] of [
        [1000, '192.0.2.1'],
        [1000, '2001:db8::1'],
        [2000, '192.0.2.2'],
        [3000, '2001:db8::2'],
        [4000, '192.0.2.3'],
        [5_000_000, '192.0.2.3'],
      ] as const) {
        await store.commit(report(timestamp, { device, address, interval: 60 }))
      }
    }
    return database.reader({ now: () => now })
  }

  test('the history tells tenures and outages together, newest beginning first', async t => {
    const reader = await eventful(t)
    assert.deepEqual(described(await allPages(reader, { device: home, limit: 100 })), [
      'outage 5060000-', // under way
      'outage 64000-5000000',
      '192.0.2.3 4000-5000000 open',
      '2001:db8::2 3000-3000 open',
      '192.0.2.2 2000-2000',
      '2001:db8::1 1000-1000',
      '192.0.2.1 1000-1000',
    ])
  })

  test('an outage in progress belongs to the history of its device in every period that ends later', async t => {
    const outages = async (reader: Reader, query: Omit<HistoryQuery, 'limit'>) =>
      described((await reader.history({ ...query, limit: 100 }))?.entries).filter(line => line.endsWith('-'))
    const late = 5_000_000 + 120_000
    assert.deepEqual(await outages(await eventful(t, late), { device: home }), [])
    const reader = await eventful(t, late + 1)
    assert.deepEqual(await outages(reader, { device: home }), ['outage 5060000-'])
    assert.deepEqual(await outages(reader, {}), [])
    assert.deepEqual(await outages(reader, { device: home, from: 5_060_000, to: 5_060_001 }), [
      'outage 5060000-',
    ])
    assert.deepEqual(await outages(reader, { device: home, from: 9_000_000 }), ['outage 5060000-'])
    assert.deepEqual(await outages(reader, { device: home, to: 5_060_000 }), [])
  })

  for (const device of [undefined, home]) {
    const whose = device === undefined ? 'all devices' : 'one device'

    test(`pages of any size, put together, are the whole history of ${whose}`, async t => {
      const reader = await eventful(t)
      const query = device === undefined ? {} : { device }
      const whole = await allPages(reader, { ...query, limit: 100 })
      assert.equal(whole.length, device === undefined ? 12 : 7)
      for (const limit of [1, 2, 3, 5]) assert.deepEqual(await allPages(reader, { ...query, limit }), whole)
    })

    test(`a page of ${whose} keeps its place while the addresses go on changing`, async t => {
      const database = await backend.database(t)
      const store = await database.store()
      const reader = database.reader()
      for (const n of [1, 2, 3, 4]) await store.commit(report(n * 1000, { address: `192.0.2.${n}` }))
      const query = { limit: 1, ...(device === undefined ? {} : { device }) }
      const first = await reader.history(query)
      // The tenure that the cursor points to is closed meanwhile, and others come before it.
      for (const n of [5, 6]) await store.commit(report(n * 1000, { address: `192.0.2.${n}` }))
      const rest = await allPages(reader, { ...query, before: first?.next as Cursor })
      assert.deepEqual(described(rest), ['192.0.2.3 3000-3000', '192.0.2.2 2000-2000', '192.0.2.1 1000-1000'])
    })
  }

  test('from and to choose by the beginning: from is included, to is not', async t => {
    const reader = await eventful(t)
    const page = await reader.history({ from: 2000, to: 4000, limit: 100 })
    assert.deepEqual(described(page?.entries), [
      '2001:db8::2 3000-3000 open',
      '2001:db8::2 3000-3000 open',
      '192.0.2.2 2000-2000',
      '192.0.2.2 2000-2000',
    ])
  })

  test('the history of a device has every entry that overlaps the period, and none before', async t => {
    const reader = await eventful(t)
    const entries = async (from: number, to: number) =>
      described((await reader.history({ device: home, from, to, limit: 100 }))?.entries)
    assert.deepEqual(await entries(2500, 2501), ['192.0.2.2 2000-2000', '2001:db8::1 1000-1000'])
    assert.deepEqual(await entries(999, 1000), [])
    assert.deepEqual(await entries(4_000_000, 4_000_001), [
      'outage 64000-5000000',
      '192.0.2.3 4000-5000000 open',
      '2001:db8::2 3000-3000 open',
    ])
  })

  test('the address in effect at a time is the first tenure that began before it', async t => {
    const reader = await eventful(t)
    const page = await reader.history({ device: home, to: 2500, limit: 1 })
    assert.deepEqual(described(page?.entries), ['192.0.2.2 2000-2000'])
  })

  test('a version changes with every commit, and with nothing else', async t => {
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

  test('versions of two readers never coincide: their counts begin alike', async t => {
    const database = await backend.database(t)
    await database.store()
    assert.notEqual(await database.reader().version(), await database.reader().version())
  })
}

function described(entries: readonly HistoryEntry[] = []): string[] {
  return entries.map(entry =>
    entry.kind === 'outage'
      ? `outage ${entry.from}-${entry.to ?? ''}`
      : `${entry.address} ${entry.firstSeen}-${entry.lastSeen}${entry.open ? ' open' : ''}`,
  )
}

async function allPages(reader: Reader, query: HistoryQuery): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for (let next: Cursor | null | undefined = query.before; next !== null; ) {
    const page = await reader.history(next === undefined ? query : { ...query, before: next })
    assert.ok(page !== null && page.entries.length <= query.limit)
    entries.push(...page.entries)
    next = page.next
  }
  return entries
}
