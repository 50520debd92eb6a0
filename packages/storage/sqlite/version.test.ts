import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { report } from '../fixtures/reports.ts'
import { readerOf, storeIn } from './fixtures/database.ts'

test('the versions of two readers differ, although their counts begin with the same number', async t => {
  const dir = temporaryDirectory()
  await storeIn(t, dir)
  assert.notEqual(await readerOf(t, dir).version(), await readerOf(t, dir).version())
})

test('a report that changes nothing does not change the version', async t => {
  const dir = temporaryDirectory()
  const [store, reader] = [await storeIn(t, dir), readerOf(t, dir)]
  await store.commit(report(1000))
  const before = await reader.version()
  await store.commit(report(1000))
  await store.commit(report(999))
  assert.equal(await reader.version(), before)
})
