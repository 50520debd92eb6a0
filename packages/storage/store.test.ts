import assert from 'node:assert/strict'
import { test } from 'node:test'
import { home, proofOf, readerOf, storeIn, temporaryDirectory, update } from './testing/sample.ts'

test('what a commit acknowledged is what a reader sees', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir)
  const receipt = await store.commit(update(1000, { interval: 300 }))
  assert.deepEqual(receipt, { result: 'new', address: '192.0.2.1', firstSeen: 1000, lastSeen: 1000 })
  assert.deepEqual(await readerOf(t, dir).currentOf(home), [
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

test('a check of whether updates could be committed leaves nothing for a reader to see', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir, { uptimeMs: () => 10_000 })
  await store.checkWritable()
  const reader = readerOf(t, dir)
  assert.deepEqual((await reader.current({ limit: 10 })).addresses, [])
  assert.deepEqual((await reader.history({ limit: 10 }))?.entries, [])
})

test('updates that wait share a few transactions, and each gets its own outcome', async t => {
  const batches: number[] = []
  const store = await storeIn(t, temporaryDirectory(t), { onCommit: ({ updates }) => batches.push(updates) })
  const devices = Array.from({ length: 300 }, (_, index) => `device-${index}`)
  const outcomes = await Promise.all(devices.map(device => store.commit(update(1000, { device }))))
  assert.ok(outcomes.every(outcome => 'result' in outcome && outcome.result === 'new'))
  assert.deepEqual(batches, [150, 75, 38, 19, 16, 2])
})

test('several updates of one device in one batch are taken in their order', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir)
  const outcomes = await Promise.all([
    store.commit(update(1000)),
    store.commit(update(2000)),
    store.commit(update(3000, { address: '192.0.2.2' })),
    store.commit(update(3000, { address: '2001:db8::1' })),
    store.commit(update(2500)),
    store.commit(update(4000)),
    store.commit(update(4000)),
  ])
  assert.deepEqual(
    outcomes.map(outcome => ('result' in outcome ? outcome.result : outcome.last)),
    ['new', 'refreshed', 'new', 'new', 3000, 'new', 'new'],
  )
  const history = await readerOf(t, dir).history({ device: home, limit: 10 })
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
  const dir = temporaryDirectory(t)
  const [store, reader] = [await storeIn(t, dir), readerOf(t, dir)]
  await store.commit(update(1000))
  const receipt = await store.commit(update(2000))
  const before = [await reader.currentOf(home), await reader.version()]
  assert.deepEqual(await store.commit(update(2000)), { ...receipt, repeated: true })
  assert.deepEqual([await reader.currentOf(home), await reader.version()], before)
})

test('a batch that changes nothing is not reported as a commit', async t => {
  const batches: number[] = []
  const store = await storeIn(t, temporaryDirectory(t), { onCommit: ({ updates }) => batches.push(updates) })
  await store.commit(update(1000))
  await store.commit(update(1000))
  await store.commit(update(999))
  assert.deepEqual(batches, [1])
})

test('the same timestamp under another signature is not the same message', async t => {
  const store = await storeIn(t, temporaryDirectory(t))
  await store.commit(update(1000))
  assert.deepEqual(await store.commit(update(1000, { proof: proofOf('another') })), {
    refused: 'not-newer',
    last: 1000,
  })
})

test('a tenure keeps, when it closes, the proof of its last update', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir)
  await store.commit(update(1000))
  await store.commit(update(2000))
  await store.commit(update(3000, { address: '192.0.2.2' }))
  const history = await readerOf(t, dir).history({ device: home, limit: 10 })
  const closed = history?.entries[1]
  assert.ok(closed?.kind === 'tenure')
  assert.deepEqual([closed.open, closed.proof], [false, proofOf('home 192.0.2.1 2000')])
})

test('everything survives a restart, the replay guard included', async t => {
  const dir = temporaryDirectory(t)
  {
    await using store = await storeIn(t, dir)
    await store.commit(update(1000))
    await store.commit(update(2000, { address: '192.0.2.2' }))
  }
  const store = await storeIn(t, dir)
  assert.deepEqual(await store.commit(update(1500)), { refused: 'not-newer', last: 2000 })
  assert.equal((await readerOf(t, dir).history({ limit: 10 }))?.entries.length, 2)
})

test('a check of the volume is a commit, at most once a second, and none where updates just were', async t => {
  const dir = temporaryDirectory(t)
  let uptime = 0
  const store = await storeIn(t, dir, { uptimeMs: () => uptime })
  const reader = readerOf(t, dir)
  const isWritten = async (work: () => Promise<unknown>) => {
    const before = await reader.version()
    await work()
    return (await reader.version()) !== before
  }
  assert.equal(await isWritten(() => Promise.all([store.checkWritable(), store.checkWritable()])), true)
  uptime = 999
  assert.equal(await isWritten(() => store.checkWritable()), false)
  uptime = 1000
  assert.equal(await isWritten(() => store.checkWritable()), true)
  uptime = 1900
  await store.commit(update(1000))
  uptime = 2800
  assert.equal(await isWritten(() => store.checkWritable()), false)
})

test('retention deletes in steps what ended before, and never the address a device holds', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir)
  for (let n = 1; n <= 6; n++)
    await store.commit(update(n * 1_000_000, { address: `192.0.2.${n}`, interval: 60 }))
  const steps = [
    await store.prune(10_000_000, 4),
    await store.prune(10_000_000, 4),
    await store.prune(10_000_000, 4),
  ]
  assert.deepEqual(steps, [4, 4, 2]) // five tenures and five outages
  const history = await readerOf(t, dir).history({ device: home, limit: 10 })
  assert.deepEqual(
    history?.entries.map(entry => entry.kind === 'tenure' && entry.address),
    [false, '192.0.2.6'], // the outage of now, which is not stored, and the open tenure
  )
})

test('retention keeps a tenure that ended at the very time, and one that began before it', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir)
  await store.commit(update(1000))
  await store.commit(update(2000))
  await store.commit(update(3000, { address: '192.0.2.2' }))
  assert.equal(await store.prune(2000, 10), 0)
  assert.equal(await store.prune(2001, 10), 1)
})

test('a closed store refuses instead of hanging', async t => {
  const store = await storeIn(t, temporaryDirectory(t))
  await store[Symbol.asyncDispose]()
  for (const call of [store.commit(update(1000)), store.checkWritable(), store.prune(0, 1)]) {
    await assert.rejects(call, { code: 'closed' })
  }
})

test('closing waits for the commits that were asked for before', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir)
  const commits = [store.commit(update(1000)), store.commit(update(2000))]
  await store[Symbol.asyncDispose]()
  assert.equal((await Promise.all(commits)).length, 2)
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.lastSeen, 2000)
})
