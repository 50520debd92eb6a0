import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backend } from '../contract.suite.ts'
import { home, proofOf, report } from '../fixtures/reports.ts'

/** What a store does with reports. */
export function testCommit(backend: Backend): void {
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
        given: false,
      },
    ])
  })

  test('reports that wait share a few transactions, and each gets its own outcome', async t => {
    const batches: number[] = []
    const store = await (await backend.database(t)).store({
      onCommit: ({ updates }) => batches.push(updates),
    })
    const devices = Array.from({ length: 300 }, (_, index) => `device-${index}`)
    const outcomes = await Promise.all(devices.map(device => store.commit(report(1000, { device }))))
    assert.ok(outcomes.every(outcome => 'result' in outcome && outcome.result === 'new'))
    assert.ok(batches.length < 10, `${batches.length} transactions`)
    assert.equal(
      batches.reduce((sum, size) => sum + size),
      300,
    )
  })

  test('several reports of one device in one batch are judged in order', async t => {
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
      outcomes.map(outcome => ('result' in outcome ? outcome.result : 'last' in outcome && outcome.last)),
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
    const before = await reader.currentOf(home)
    assert.deepEqual(await store.commit(report(2000)), { ...receipt, repeated: true })
    assert.deepEqual(await reader.currentOf(home), before)
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

  test('a tenure that ends keeps the proof of its last report', async t => {
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

  test('after a restart everything is there, and old messages are still refused', async t => {
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

  test('a new database refuses reports up to its floor; an existing one keeps its own', async t => {
    const database = await backend.database(t)
    {
      await using store = await database.store({ newDatabaseFloor: 1000 })
      assert.deepEqual(await store.commit(report(1000)), { refused: 'not-newer', last: 1000 })
      assert.ok('result' in (await store.commit(report(1001))))
    }
    const store = await database.store({ newDatabaseFloor: 5000 })
    assert.ok('result' in (await store.commit(report(1001, { device: 'other' }))))
    assert.deepEqual(await store.commit(report(1000, { device: 'third' })), {
      refused: 'not-newer',
      last: 1000,
    })
  })
}
