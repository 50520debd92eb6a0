import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Backend } from '../contract.suite.ts'
import type { Reader } from '../contract.ts'
import { MAX_OUTAGES_IN_PROGRESS } from '../contract.ts'
import type { Cursor } from '../cursor.ts'
import { described, fillHistory } from '../fixtures/history.ts'
import { home, report } from '../fixtures/reports.ts'
import type { HistoryEntry } from '../views.ts'

/** What a reader offers to whoever follows changes, or asks for one moment. */
export function testChanges(backend: Backend): void {
  async function eventful(t: TestContext, now = 10_000_000): Promise<Reader> {
    const database = await backend.database(t)
    await fillHistory(await database.store())
    return database.reader({ now: () => now })
  }

  test('changes are the entries of the history of all devices, oldest first', async t => {
    const reader = await eventful(t)
    const history = await reader.history({ limit: 100 })
    for (const limit of [1, 2, 3, 100]) {
      assert.deepEqual(await allChanges(reader, 0, limit), history?.entries.toReversed())
    }
  })

  test('changes begin with what began at the time asked for', async t => {
    const reader = await eventful(t)
    const since = async (from: number) => described(await allChanges(reader, from, 100))
    assert.deepEqual(await since(64_000), ['outage 64000-5000000', 'outage 64000-5000000'])
    assert.deepEqual(await since(64_001), [])
  })

  test('a page of changes keeps its place while more arrive', async t => {
    const database = await backend.database(t)
    const [store, reader] = [await database.store(), database.reader()]
    for (const n of [1, 2]) await store.commit(report(n * 1000, { address: `192.0.2.${n}` }))
    const first = await reader.changes({ from: 0, limit: 1 })
    await store.commit(report(3000, { address: '192.0.2.3' }))
    assert.deepEqual(described(await allChanges(reader, 0, 1, first.next as Cursor)), [
      '192.0.2.2 2000-2000',
      '192.0.2.3 3000-3000 open',
    ])
  })

  for (const [at, addresses, outage] of [
    [999, [], null],
    [1000, ['192.0.2.1', '2001:db8::1'], null],
    [1999, ['192.0.2.1', '2001:db8::1'], null],
    [2000, ['192.0.2.2', '2001:db8::1'], null],
    [4000, ['192.0.2.3', '2001:db8::2'], null],
    [63_999, ['192.0.2.3', '2001:db8::2'], null],
    [64_000, ['192.0.2.3', '2001:db8::2'], 64_000],
    [5_000_000, ['192.0.2.3', '2001:db8::2'], null],
    [5_060_000, ['192.0.2.3', '2001:db8::2'], 5_060_000],
    [9_000_000, ['192.0.2.3', '2001:db8::2'], 5_060_000],
  ] as const) {
    test(`at ${at} the device had ${addresses.length} addresses${outage === null ? '' : ', and was silent'}`, async t => {
      const state = await (await eventful(t)).stateAt(home, at)
      assert.deepEqual(
        state?.tenures.map(({ address }) => address),
        addresses,
      )
      assert.equal(state?.outage?.from ?? null, outage)
    })
  }

  test('an unknown device has no state', async t => {
    assert.equal(await (await eventful(t)).stateAt(parseDeviceName('nobody'), 5000), null)
  })

  test('outages in progress are those of all devices, newest first', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000, { device: 'early', interval: 60 }))
    await store.commit(report(2000, { device: 'later', interval: 60 }))
    await store.commit(report(3000, { device: 'in-time', interval: 3600 }))
    await store.commit(report(4000, { device: 'silent' }))
    const outages = await database.reader({ now: () => 1_000_000 }).outagesInProgress()
    assert.deepEqual(outages, [
      { kind: 'outage', device: 'later', from: 62_000, to: null },
      { kind: 'outage', device: 'early', from: 61_000, to: null },
    ])
  })

  test('outages in progress are not looked for in more than a thousand devices', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const commit = (n: number) => store.commit(report(1000, { device: `device-${n}`, interval: 60 }))
    await Promise.all(Array.from({ length: MAX_OUTAGES_IN_PROGRESS }, (_, n) => commit(n)))
    const reader = database.reader({ now: () => 1_000_000 })
    assert.equal((await reader.outagesInProgress())?.length, MAX_OUTAGES_IN_PROGRESS)
    await commit(MAX_OUTAGES_IN_PROGRESS)
    assert.equal(await reader.outagesInProgress(), null)
  })
}

async function allChanges(reader: Reader, from: number, limit: number, after?: Cursor) {
  const entries: HistoryEntry[] = []
  for (let next = after ?? null, isFirst = true; isFirst || next !== null; isFirst = false) {
    const page = await reader.changes({ from, limit, ...(next !== null && { after: next }) })
    assert.ok(page.entries.length <= limit)
    entries.push(...page.entries)
    next = page.next
  }
  return entries
}
