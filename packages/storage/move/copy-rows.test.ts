import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithoutPostgres } from '../../../test/fixtures/postgres.ts'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { described, fillHistory } from '../fixtures/history.ts'
import { home, report } from '../fixtures/reports.ts'
import { connectionTo } from '../postgres/fixtures/connection.ts'
import { newDatabase, storeOn } from '../postgres/fixtures/database.ts'
import { openPostgresRows, openPostgresTarget } from '../postgres/rows.ts'
import { sqliteFile } from '../sqlite/files.ts'
import { readerOf, storeIn } from '../sqlite/fixtures/database.ts'
import { openSqliteRows, openSqliteTarget } from '../sqlite/rows.ts'
import { copyRows } from './copy-rows.ts'
import { TABLE_NAMES, TABLES } from './tables.ts'

const now = () => 7_000_000

test('a database that went to PostgreSQL and back shows what it did before', {
  skip: skipWithoutPostgres,
}, async t => {
  const url = await newDatabase()
  const onPostgres = await storeOn(t, url)
  const [before, after] = [temporaryDirectory(), temporaryDirectory()]
  const source = await storeIn(t, before)
  await fillHistory(source)
  await source.commit(
    report(5_000_001, {
      device: 'quotes',
      proof: {
        contentDigest: '',
        signatureInput: 'a"\\b\u00e9\u{1f600}',
        signature: '',
        body: '{"a":"\\n"}',
      },
    }),
  )
  const shown: string[] = []
  {
    await using rows = await openSqliteRows(sqliteFile(before))
    await using target = await openPostgresTarget(url)
    const moved = await copyRows(rows, target, now, (done, total) => shown.push(`${done}/${total}`))
    assert.deepEqual(moved, { devices: 3, open_tenures: 5, closed_tenures: 6, outages: 2 })
  }
  assert.equal(shown.at(-1), '32/32')
  const store = await storeIn(t, after)
  {
    await using rows = await openPostgresRows(url)
    await using target = await openSqliteTarget(sqliteFile(after))
    await copyRows(rows, target, now)
  }
  const [was, is] = [readerOf(t, before, now), readerOf(t, after, now)]
  const everything = { limit: 100 }
  assert.deepEqual(await is.history(everything), await was.history(everything))
  assert.deepEqual(await is.current(everything), await was.current(everything))
  assert.deepEqual(await is.devices(everything), await was.devices(everything))
  // The floor: what is not newer than the move is refused. Then the numbers of devices and rows go on.
  await onPostgres.commit(report(now() + 1, { device: 'new' }))
  await onPostgres.commit(report(now() + 2, { address: '192.0.2.9' }))
  assert.deepEqual(await store.commit(report(now(), { device: 'new' })), {
    refused: 'not-newer',
    last: now(),
  })
  await store.commit(report(now() + 1, { device: 'new' }))
  assert.equal((await is.devices(everything)).devices.length, 4)
})

test('a target that has a device is refused, and stays as it is', { skip: skipWithoutPostgres }, async t => {
  const url = await newDatabase()
  await (await storeOn(t, url)).commit(report(1000, { device: 'other' }))
  const dir = temporaryDirectory()
  await fillHistory(await storeIn(t, dir))
  {
    await using source = await openSqliteRows(sqliteFile(dir))
    await using target = await openPostgresTarget(url)
    assert.equal(await copyRows(source, target, now), null)
  }
  await using target = await openPostgresRows(url)
  assert.deepEqual([await target.count('devices'), await target.count('open_tenures')], [1, 1])
})

test('rows that differ after the copy are not committed', async t => {
  const [from, to] = [temporaryDirectory(), temporaryDirectory()]
  await fillHistory(await storeIn(t, from))
  await storeIn(t, to)
  {
    await using source = await openSqliteRows(sqliteFile(from))
    await using target = await openSqliteTarget(sqliteFile(to))
    const lossy: typeof target = {
      ...target,
      insert: (table, rows) =>
        target.insert(
          table,
          rows.map(row => row.map(value => (value === '192.0.2.1' ? '192.0.2.9' : value))),
        ),
    }
    await assert.rejects(copyRows(source, lossy, now), {
      code: 'corrupt',
      message: /open_tenures|closed_tenures/,
    })
  }
  const reader = readerOf(t, to)
  assert.deepEqual(described((await reader.history({ limit: 100 }))?.entries), [])
})

test('what is committed while the rows are read is not among them', async t => {
  const [from, to] = [temporaryDirectory(), temporaryDirectory()]
  const store = await storeIn(t, from)
  await fillHistory(store)
  await storeIn(t, to)
  {
    await using source = await openSqliteRows(sqliteFile(from))
    await source.count('devices') // the snapshot begins with the first read
    await store.commit(report(6_000_000, { address: '192.0.2.77' }))
    await using target = await openSqliteTarget(sqliteFile(to))
    await copyRows(source, target, now)
  }
  const [current] = (await readerOf(t, to).currentOf(home, 4)) ?? []
  assert.equal(current?.address, '192.0.2.3')
})

test('every column of every table is moved', { skip: skipWithoutPostgres }, async t => {
  const wanted = TABLE_NAMES.flatMap(table =>
    Object.keys(TABLES[table].columns).map(name => `${table} ${name}`),
  )
  const url = await newDatabase()
  await storeOn(t, url)
  const rows = await (await connectionTo(t, url)).query<{ text: string }>(
    `SELECT table_name || ' ' || column_name AS text FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name NOT IN ('meta', 'receivers')`,
  )
  assert.deepEqual(rows.map(({ text }) => text).sort(), wanted.sort())
})
