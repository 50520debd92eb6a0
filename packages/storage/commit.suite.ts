import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backend } from './contract.suite.ts'
import { home, proofOf, report } from './fixtures/reports.ts'

/** What a store has to do. */
export function testStore(backend: Backend): void {
  test('what a commit acknowledged is what a reader sees', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const receipt = await store.commit(report(1000, { interval: 300 }))
    assert.deepEqual(receipt, { result: 'new', address: '192.0.2.1', firstSeen: 1000, lastSeen: 1000 })
    assert.deepEqual(await database.reader().currentOf(home), [
      {
        device: 'home',
        family: 4,
        address: '192.0.2.1',
        firstSeen: 1000,
        lastSeen: 1000,
        confirmations: 1,
        interval: 300,
        reportedAt: 1000,
        dueAt: 301_000,
        lateAfter: 451_000,
        flips: 0,
        flippedAt: null,
        proof: proofOf('home 192.0.2.1 1000'),
      },
    ])
  })

  test('a check of the database leaves nothing for a reader to see', async t => {
    const database = await backend.database(t)
    const store = await database.store({ uptimeMs: () => 10_000 })
    await store.checkWritable()
    const reader = database.reader()
    assert.deepEqual((await reader.current({ limit: 10 })).addresses, [])
    assert.deepEqual((await reader.history({ limit: 10 }))?.entries, [])
  })

  test('updates that wait share a few transactions, and each gets its own outcome', async t => {
    const batches: number[] = []
    const store = await (await backend.database(t)).store({
      onCommit: ({ updates }) => batches.push(updates),
    })
    const devices = Array.from({ length: 300 }, (_, index) => `device-${index}`)
    const outcomes = await Promise.all(devices.map(device => store.commit(report(1000, { device }))))
    assert.ok(outcomes.every(outcome => 'result' in outcome && outcome.result === 'new'))
    assert.deepEqual(batches, [150, 75, 38, 19, 16, 2])
  })

  test('several updates of one device in one batch are taken in their order', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const outcomes = await Promise.all([
      store.commit(report(1000)),
      store.commit(report(2000)),
      store.commit(report(3000, { address: '192.0.2.2' })),
      store.commit(report(3000, { address: '2001:db8::1' })),
      store.commit(report(2500)),
      store.commit(report(4000)),
      store.commit(report(4000)),
    ])
    assert.deepEqual(
      outcomes.map(outcome => ('result' in outcome ? outcome.result : outcome.last)),
      ['new', 'refreshed', 'new', 'new', 3000, 'new', 'new'],
    )
    const history = await database.reader().history({ device: home, limit: 10 })
    assert.deepEqual(
      history?.entries.map(
        entry => entry.kind === 'tenure' && [entry.address, entry.firstSeen, entry.lastSeen],
      ),
      [
        ['192.0.2.1', 4000, 4000],
        ['2001:db8::1', 3000, 3000],
        ['192.0.2.2', 3000, 3000],
        ['192.0.2.1', 1000, 2000],
      ],
    )
  })

  test('the identical message again, in a later batch, gets the same receipt and changes nothing', async t => {
    const database = await backend.database(t)
    const [store, reader] = [await database.store(), database.reader()]
    await store.commit(report(1000))
    const receipt = await store.commit(report(2000))
    const before = [await reader.currentOf(home), await reader.version()]
    assert.deepEqual(await store.commit(report(2000)), { ...receipt, repeated: true })
    assert.deepEqual([await reader.currentOf(home), await reader.version()], before)
  })

  test('a batch that changes nothing is not reported as a commit', async t => {
    const batches: number[] = []
    const store = await (await backend.database(t)).store({
      onCommit: ({ updates }) => batches.push(updates),
    })
    await store.commit(report(1000))
    await store.commit(report(1000))
    await store.commit(report(999))
    assert.deepEqual(batches, [1])
  })

  test('the same timestamp under another signature is not the same message', async t => {
    const store = await (await backend.database(t)).store()
    await store.commit(report(1000))
    assert.deepEqual(await store.commit(report(1000, { proof: proofOf('another') })), {
      refused: 'not-newer',
      last: 1000,
    })
  })

  test('a tenure keeps, when it closes, the proof of its last update', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000))
    await store.commit(report(2000))
    await store.commit(report(3000, { address: '192.0.2.2' }))
    const history = await database.reader().history({ device: home, limit: 10 })
    const closed = history?.entries[1]
    assert.ok(closed?.kind === 'tenure')
    assert.deepEqual([closed.open, closed.proof], [false, proofOf('home 192.0.2.1 2000')])
  })

  test('everything survives a restart, the replay guard included', async t => {
    const database = await backend.database(t)
    {
      await using store = await database.store()
      await store.commit(report(1000))
      await store.commit(report(2000, { address: '192.0.2.2' }))
    }
    const store = await database.store()
    assert.deepEqual(await store.commit(report(1500)), { refused: 'not-newer', last: 2000 })
    assert.equal((await database.reader().history({ limit: 10 }))?.entries.length, 2)
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

  test('retention deletes in steps what ended before, and never the address a device holds', async t => {
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
      [false, '192.0.2.6'], // the outage of now, which is not stored, and the open tenure
    )
  })

  test('retention keeps a tenure that ended at the very time, and one that began before it', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    await store.commit(report(1000))
    await store.commit(report(2000))
    await store.commit(report(3000, { address: '192.0.2.2' }))
    assert.equal(await store.prune(2000, 10), 0)
    assert.equal(await store.prune(2001, 10), 1)
  })

  test('a closed store refuses instead of hanging', async t => {
    const store = await (await backend.database(t)).store()
    await store[Symbol.asyncDispose]()
    for (const call of [store.commit(report(1000)), store.checkWritable(), store.prune(0, 1)]) {
      await assert.rejects(call, { code: 'closed' })
    }
  })

  test('closing waits for the commits that were asked for before', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const commits = [store.commit(report(1000)), store.commit(report(2000))]
    await store[Symbol.asyncDispose]()
    assert.equal((await Promise.all(commits)).length, 2)
    assert.equal((await database.reader().currentOf(home))?.[0]?.lastSeen, 2000)
  })
}
