import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Backend } from '../contract.suite.ts'
import type { HistoryPage, HistoryQuery, Reader } from '../contract.ts'
import type { Cursor } from '../cursor.ts'
import { encodeCursor } from '../cursor.ts'
import { described, fillHistory } from '../fixtures/history.ts'
import { home, report } from '../fixtures/reports.ts'
import type { HistoryEntry } from '../views.ts'

/** What a reader says of a period, newest first. */
export function testHistory(backend: Backend): void {
  async function eventful(t: TestContext, now = 10_000_000): Promise<Reader> {
    const database = await backend.database(t)
    await fillHistory(await database.store())
    return database.reader({ now: () => now })
  }

  test('the history has tenures and outages together, newest beginning first', async t => {
    const reader = await eventful(t)
    assert.deepEqual(described(await allPages(reader, { device: home, limit: 100 })), [
      'outage 5060000-', // in progress
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
    const scope = device === undefined ? 'all devices' : 'one device'

    test(`pages of any size, put together, are the whole history of ${scope}`, async t => {
      const reader = await eventful(t)
      const query = device === undefined ? {} : { device }
      const whole = await allPages(reader, { ...query, limit: 100 })
      assert.equal(whole.length, device === undefined ? 12 : 7)
      for (const limit of [1, 2, 3, 5]) assert.deepEqual(await allPages(reader, { ...query, limit }), whole)
    })

    test(`a page of ${scope} keeps its place while addresses change`, async t => {
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

  test('the history of all devices has what began in the period: from is included, to is not', async t => {
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

  test('an outage that ended when the period begins does not overlap it', async t => {
    const reader = await eventful(t)
    const entries = async (from: number) =>
      described((await reader.history({ device: home, from, to: from + 1, limit: 100 }))?.entries)
    assert.ok((await entries(4_999_999)).includes('outage 64000-5000000'))
    assert.ok(!(await entries(5_000_000)).includes('outage 64000-5000000'))
  })

  for (const device of [undefined, home]) {
    const scope = device === undefined ? 'all devices' : 'one device'

    test(`the pages of ${scope} are the same on the way back`, async t => {
      const reader = await eventful(t)
      const whole = await allPages(reader, { ...(device && { device }), limit: 100 })
      for (const limit of [1, 2, 3, 5]) {
        const pages: HistoryEntry[][] = []
        for (const query of [
          {},
          { from: 2500 },
          { to: 4_000_001 },
          { kind: 'tenure' },
          { kind: 'outage' },
        ] as const) {
          const there = { ...query, ...(device && { device }), limit }
          const forth = await allPages(reader, there)
          let page = await lastPage(reader, there)
          const back = [...page.entries]
          while (page.previous !== null) {
            page = (await reader.history({ ...there, after: page.previous })) as typeof page
            assert.ok(page.next !== null && page.entries.length <= limit)
            back.unshift(...page.entries)
          }
          assert.deepEqual(back, forth, JSON.stringify(there))
          pages.push(forth)
        }
        assert.deepEqual(pages[0], whole)
      }
    })

    test(`a step back in ${scope} leaves out nothing that came in the meantime`, async t => {
      const database = await backend.database(t)
      const store = await database.store()
      const reader = database.reader()
      const query = { limit: 2, ...(device && { device }) }
      for (const n of [1, 2, 3, 4]) await store.commit(report(n * 1000, { address: `192.0.2.${n}` }))
      const first = await reader.history(query)
      const second = await reader.history({ ...query, before: first?.next as Cursor })
      for (const n of [5, 6, 7]) await store.commit(report(n * 1000, { address: `192.0.2.${n}` }))
      const back = await reader.history({ ...query, after: second?.previous as Cursor })
      assert.deepEqual(described(back?.entries), ['192.0.2.4 4000-4000', '192.0.2.3 3000-3000'])
      const newer = await reader.history({ ...query, after: back?.previous as Cursor })
      assert.deepEqual(described(newer?.entries), ['192.0.2.6 6000-6000', '192.0.2.5 5000-5000'])
      assert.notEqual(newer?.previous, null)
    })
  }

  test('a filter leaves out entries of the other kind, and tenures of the other family', async t => {
    const reader = await eventful(t)
    const entries = async (query: Omit<HistoryQuery, 'limit'>) =>
      described((await reader.history({ ...query, limit: 100 }))?.entries)
    const all = await entries({ device: home })
    assert.deepEqual(
      await entries({ device: home, kind: 'outage' }),
      all.filter(line => line.startsWith('outage')),
    )
    assert.deepEqual(
      await entries({ device: home, kind: 'tenure' }),
      all.filter(line => !line.startsWith('outage')),
    )
    assert.deepEqual(
      await entries({ device: home, family: 6, kind: 'tenure' }),
      all.filter(line => line.includes('::')),
    )
    assert.deepEqual(
      await entries({ device: home, family: 4 }),
      all.filter(line => !line.includes('::')),
    )
    const everywhere = await entries({})
    assert.deepEqual(
      await entries({ kind: 'outage' }),
      everywhere.filter(line => line.startsWith('outage')),
    )
    assert.deepEqual(
      await entries({ kind: 'tenure' }),
      everywhere.filter(line => !line.startsWith('outage')),
    )
  })

  test('a cursor whose device is gone continues with the entries that began earlier', async t => {
    const reader = await eventful(t)
    const before = encodeCursor({ began: 3000, family: 6, device: parseDeviceName('gone') })
    for (const query of [{}, { device: home }]) {
      const page = await reader.history({ ...query, before, limit: 1 })
      assert.deepEqual(described(page?.entries), ['192.0.2.2 2000-2000'])
    }
  })
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

async function lastPage(reader: Reader, query: HistoryQuery): Promise<HistoryPage> {
  for (let before: Cursor | undefined; ; ) {
    const page = (await reader.history({ ...query, ...(before && { before }) })) as HistoryPage
    if (page.next === null) return page
    before = page.next
  }
}
