import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import { home, proofOf, report } from '../../fixtures/reports.ts'
import { backup } from '../backup/backup.ts'
import { restore } from '../backup/restore.ts'
import { readerOf, storeIn } from '../fixtures/database.ts'

/*
 * What a report does is decided from the rows that are in the database at that moment, not from what the store wrote
 * there earlier. A restore under a running store is the case in which the two differ.
 */

const now = () => 1_000_000

test('after a restore under a running store, a report is compared with the restored address', async t => {
  const { store, reader, backUp, restoreBackup } = await runningStore(t)
  await store.commit(report(1000, { address: '192.0.2.1' }))
  await backUp()
  await store.commit(report(2000, { address: '192.0.2.2' }))
  await restoreBackup()
  const receipt = await store.commit(report(now() + 1, { address: '192.0.2.2' }))
  assert.equal('result' in receipt && receipt.result, 'new')
  const history = (await reader.history({ device: home, limit: 10 }))?.entries
  assert.deepEqual(
    history?.map(entry => entry.kind === 'tenure' && [entry.address, entry.firstSeen, entry.proof]),
    [
      ['192.0.2.2', now() + 1, proofOf(`home 192.0.2.2 ${now() + 1}`)],
      ['192.0.2.1', 1000, proofOf('home 192.0.2.1 1000')],
    ],
  )
})

test('a running store respects the replay floor that a restore has set, for a row it wrote itself', async t => {
  const { store, reader, backUp, restoreBackup } = await runningStore(t)
  await store.commit(report(1000))
  await backUp()
  await restoreBackup()
  assert.deepEqual(await store.commit(report(now())), { refused: 'not-newer', last: now() })
  const [shown] = (await reader.currentOf(home)) ?? []
  assert.deepEqual([shown?.lastSeen, shown?.confirmations], [1000, 1])
  assert.ok('result' in (await store.commit(report(now() + 1))))
})

test('confirmations are counted for accepted reports only, whatever changed under the store', async t => {
  const { store, reader, backUp, restoreBackup } = await runningStore(t)
  await store.commit(report(1000))
  await store.commit(report(1000, { device: 'other' }))
  await backUp()
  await store.commit(report(2000, { device: 'other' }))
  await restoreBackup()
  // All three share a transaction, and only the row of the other device differs from what the store wrote last.
  const outcomes = await Promise.all([
    store.commit(report(now() + 1)),
    store.commit(report(now() + 2)),
    store.commit(report(now() + 3, { device: 'other' })),
  ])
  const accepted = outcomes.slice(0, 2).filter(outcome => 'result' in outcome)
  assert.equal((await reader.currentOf(home))?.[0]?.confirmations, 1 + accepted.length)
  assert.deepEqual(
    outcomes.map(outcome => 'result' in outcome && outcome.result),
    ['refreshed', 'refreshed', 'refreshed'],
  )
})

async function runningStore(t: TestContext) {
  const dir = temporaryDirectory()
  const file = join(temporaryDirectory(), 'backup.sqlite')
  return {
    store: await storeIn(t, dir),
    reader: readerOf(t, dir),
    backUp: () => backup(dir, file),
    restoreBackup: () => restore({ dir, file, now }),
  }
}
