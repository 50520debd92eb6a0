import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backend } from '../contract.suite.ts'
import { home, report } from '../fixtures/reports.ts'

/** What a store does besides: checks, retention, closing. */
export function testUpkeep(backend: Backend): void {
  test('a check of the database leaves nothing for a reader to see', async t => {
    const database = await backend.database(t)
    const store = await database.store({ uptimeMs: () => 10_000 })
    await store.checkWritable()
    const reader = database.reader()
    assert.deepEqual((await reader.current({ limit: 10 })).addresses, [])
    assert.deepEqual((await reader.history({ limit: 10 }))?.entries, [])
  })

  test('a check of the database writes only if nothing was written for 30 seconds', async t => {
    const database = await backend.database(t)
    let uptime = 0
    const store = await database.store({ uptimeMs: () => uptime })
    const reader = database.reader()
    const isWritten = async (work: () => Promise<unknown>) => {
      const before = await reader.version()
      await work()
      return (await reader.version()) !== before
    }
    assert.equal(await isWritten(() => Promise.all([store.checkWritable(), store.checkWritable()])), true)
    uptime = 29_999
    assert.equal(await isWritten(() => store.checkWritable()), false)
    uptime = 30_000
    assert.equal(await isWritten(() => store.checkWritable()), true)
    uptime = 50_000
    await store.commit(report(1000))
    uptime = 79_999
    assert.equal(await isWritten(() => store.checkWritable()), false)
    uptime = 80_000
    assert.equal(await isWritten(() => store.checkWritable()), true)
  })

  test('a report that changed nothing does not count as a write', async t => {
    const database = await backend.database(t)
    let uptime = 0
    const store = await database.store({ uptimeMs: () => uptime })
    const reader = database.reader()
    await store.commit(report(1000))
    uptime = 30_000
    await store.commit(report(1000))
    await store.commit(report(999))
    const before = await reader.version()
    await store.checkWritable()
    assert.notEqual(await reader.version(), before)
  })

  test('retention deletes in steps what ended before a time, and never a current address', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    for (let n = 1; n <= 6; n++)
      await store.commit(report(n * 1_000_000, { address: `192.0.2.${n}`, interval: 60 }))
    const steps = [
      await store.prune(10_000_000, 4),
      await store.prune(10_000_000, 4),
      await store.prune(10_000_000, 4),
    ]
    assert.deepEqual(steps, [4, 4, 2]) // five tenures and five outages
    const history = await database.reader().history({ device: home, limit: 10 })
    assert.deepEqual(
      history?.entries.map(entry => entry.kind === 'tenure' && entry.address),
      [false, '192.0.2.6'], // the outage in progress, which is not stored, and the open tenure
    )
  })

  test('retention keeps what ended at that very time', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000))
    await store.commit(report(2000))
    await store.commit(report(3000, { address: '192.0.2.2' }))
    assert.equal(await store.prune(2000, 10), 0)
    assert.equal(await store.prune(2001, 10), 1)
  })

  test('a raised floor refuses reports up to it, and is never lowered', async t => {
    const store = await (await backend.database(t)).store()
    await store.raiseFloor(2000)
    await store.raiseFloor(1000)
    assert.deepEqual(await store.commit(report(2000)), { refused: 'not-newer', last: 2000 })
    assert.equal('refused' in (await store.commit(report(2001))), false)
  })

  test('the last sign of life is the newest one of any receiver', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const reader = database.reader()
    assert.equal(await reader.lastSignOfLife(), null)
    await store.signOfLife('a', 1_700_000_000_000)
    await store.signOfLife('b', 1_700_000_030_000)
    assert.equal(await reader.lastSignOfLife(), 1_700_000_030_000)
    await store.signOfLife('b', 1_700_000_060_000)
    assert.equal(await reader.lastSignOfLife(), 1_700_000_060_000)
  })

  test('a closed store refuses every call', async t => {
    const store = await (await backend.database(t)).store()
    await store[Symbol.asyncDispose]()
    for (const call of [
      store.commit(report(1000)),
      store.checkWritable(),
      store.prune(0, 1),
      store.raiseFloor(1),
      store.signOfLife('a', 1),
    ]) {
      await assert.rejects(call, { code: 'closed' })
    }
  })

  test('a closed reader refuses every call, and opens nothing', async t => {
    const database = await backend.database(t)
    await (await database.store()).commit(report(1000))
    const reader = database.reader()
    await reader.check()
    await reader[Symbol.asyncDispose]()
    for (const call of [
      reader.check(),
      reader.currentOf(home),
      reader.current({ limit: 1 }),
      reader.history({ limit: 1 }),
    ]) {
      await assert.rejects(call, { code: 'closed' })
    }
  })

  test('closing waits for the commits that were requested before', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const commits = [store.commit(report(1000)), store.commit(report(2000))]
    await store[Symbol.asyncDispose]()
    assert.equal((await Promise.all(commits)).length, 2)
    assert.equal((await database.reader().currentOf(home))?.[0]?.lastSeen, 2000)
  })
}
