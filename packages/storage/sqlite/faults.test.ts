import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { home, report } from '../fixtures/reports.ts'
import { verify } from './backup/verify.ts'
import { connect } from './connection.ts'
import { databaseFiles, sqliteFile } from './files.ts'
import type { Child } from './fixtures/child.ts'
import { readOnlyView, smallVolume, startChild } from './fixtures/child.ts'
import { readerOf, storeIn } from './fixtures/database.ts'
import { openSqliteReader } from './read/reader.ts'
import { openSqliteStore } from './store.ts'

test('on a full volume reports are refused; they are accepted again as soon as there is space', async t => {
  const dir = temporaryDirectory()
  const prefix = smallVolume(dir)
  if (prefix === null) return t.skip('needs mount namespaces (unshare) for a small volume')
  const writer = await startChild(t, 'writer-process', dir, { prefix })
  await writer.ask('commit', 1000, '192.0.2.1')
  const last = await commitUntilRefused(writer)
  assert.equal(last.code, 'full')
  await writer.ask('freeVolume')
  assert.deepEqual(await writer.ask('commit', last.timestamp, '192.0.2.254'), {
    result: 'new',
    address: '192.0.2.254',
    firstSeen: last.timestamp,
    lastSeen: last.timestamp,
  })
})

test('a volume just large enough is never filled by the -wal', async t => {
  const dir = temporaryDirectory()
  const prefix = smallVolume(dir)
  if (prefix === null) return t.skip('needs mount namespaces (unshare) for a small volume')
  const writer = await startChild(t, 'writer-process', dir, { prefix })
  for (let timestamp = 1000; timestamp < 3000; timestamp++) await writer.ask('commit', timestamp, '192.0.2.1')
})

test('a volume mounted read-only is refused at the start', async t => {
  const dir = temporaryDirectory()
  await (await openSqliteStore(sqliteFile(dir)))[Symbol.asyncDispose]()
  const prefix = readOnlyView(dir)
  if (prefix === null) return t.skip('needs mount namespaces (unshare) to mount the volume read-only')
  const writer = await startChild(t, 'writer-process', dir, { prefix })
  await assert.rejects(writer.ask('open'), { code: 'read-only' })
})

test('a directory of another user is refused with its owner, our user and the command that fixes it', async t => {
  if (process.getuid?.() !== 0) return t.skip('needs root to become somebody else')
  const dir = temporaryDirectory()
  const writer = await startChild(t, 'writer-process', dir, { uid: 65534 })
  await assert.rejects(writer.ask('open'), {
    code: 'no-access',
    message: new RegExp(
      `${dir} belongs to 0:0, this process runs as 65534:65534 \\(EACCES.*\\): chown -R 65534:65534 ${dir}`,
    ),
  })
})

test('nothing is acknowledged into a removed file; once it is put back, reports are accepted again', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  const { main } = databaseFiles(dir)
  await store.commit(report(1000))
  renameSync(main, `${main}.away`)
  for (const timestamp of [2000, 3000])
    await assert.rejects(store.commit(report(timestamp)), { code: 'missing' })
  await assert.rejects(store.checkWritable(), { code: 'missing' })
  assert.equal(existsSync(main), false, 'no new history may begin in its place')
  renameSync(`${main}.away`, main)
  assert.ok('result' in (await store.commit(report(4000))))
  const [stored] = (await readerOf(t, dir).currentOf(home)) ?? []
  assert.deepEqual([stored?.lastSeen, stored?.confirmations], [4000, 2], 'what was refused was not written')
})

test('nothing is acknowledged into a file that was replaced by another one', async t => {
  const [dir, otherDir] = [temporaryDirectory(), temporaryDirectory()]
  await (await openSqliteStore(sqliteFile(otherDir)))[Symbol.asyncDispose]()
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  renameSync(databaseFiles(otherDir).main, databaseFiles(dir).main)
  rmSync(databaseFiles(dir).wal)
  rmSync(databaseFiles(dir).shm)
  await assert.rejects(store.commit(report(2000)), { code: 'missing' })
  assert.deepEqual(await store.commit(report(3000)), {
    result: 'new',
    address: '192.0.2.1',
    firstSeen: 3000,
    lastSeen: 3000,
  })
})

for (const side of ['wal', 'shm'] as const) {
  test(`a removed -${side} is noticed, and nothing acknowledged is lost`, async t => {
    const dir = temporaryDirectory()
    const store = await storeIn(t, dir)
    const reader = readerOf(t, dir)
    await store.commit(report(1000))
    await reader.currentOf(home)
    rmSync(databaseFiles(dir)[side])
    await assert.rejects(store.commit(report(2000)), { code: 'missing' })
    await store.commit(report(3000))
    const seen = (await readerOf(t, dir).currentOf(home))?.[0]
    assert.deepEqual([seen?.firstSeen, seen?.lastSeen], [1000, 3000])
  })
}

test('store and reader refuse a damaged database and leave it as it is', async t => {
  const dir = temporaryDirectory()
  const { main } = databaseFiles(dir)
  writeFileSync(main, 'not a database '.repeat(1000))
  await assert.rejects(openSqliteStore(sqliteFile(dir)), { code: 'corrupt' })
  await assert.rejects(readerOf(t, dir).check(), { code: 'corrupt' })
  assert.equal(readFileSync(main, 'utf8'), 'not a database '.repeat(1000))
})

test("another program's database is refused and not changed", async () => {
  const dir = temporaryDirectory()
  const other = connect(databaseFiles(dir).main, { access: 'create' })
  await other.raw('PRAGMA user_version = 1')
  await other.destroy()
  await assert.rejects(openSqliteStore(sqliteFile(dir)), { code: 'corrupt', message: /another program/ })
})

test('store and reader refuse a database of a newer version and leave it as it is', async t => {
  const dir = temporaryDirectory()
  await (await openSqliteStore(sqliteFile(dir)))[Symbol.asyncDispose]()
  const { main } = databaseFiles(dir)
  const newer = connect(main, { access: 'write' })
  await newer.raw('PRAGMA user_version = 99')
  await newer.destroy()
  const before = readFileSync(main)
  await assert.rejects(openSqliteStore(sqliteFile(dir)), { code: 'newer-schema' })
  const reader = readerOf(t, dir)
  await assert.rejects(reader.currentOf(home), { code: 'newer-schema' })
  await assert.rejects(reader.version(), { code: 'newer-schema' })
  await assert.rejects(verify(main), { code: 'newer-schema' })
  assert.deepEqual(readFileSync(main), before)
})

test('a store whose database was upgraded by another program refuses everything until that is undone', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir, { uptimeMs: growing() })
  await store.commit(report(1000))
  const upgrade = async (version: number) => {
    const other = connect(databaseFiles(dir).main, { access: 'write' })
    await other.raw(`PRAGMA user_version = ${version}`)
    await other.destroy()
  }
  const attempts = [
    () => store.commit(report(2000)), // would extend a tenure
    () => store.commit(report(3000, { address: '192.0.2.2' })),
    () => store.commit(report(4000, { device: 'other' })),
    () => store.prune(5000, 10),
    () => store.checkWritable(),
  ]
  for (const attempt of attempts) {
    await upgrade(1)
    await store.commit(report(1000)) // so that the store has it open when it is upgraded
    await upgrade(99)
    await assert.rejects(attempt(), { code: 'newer-schema' })
    await assert.rejects(attempt(), { code: 'newer-schema' })
  }
  await upgrade(1)
  assert.deepEqual(await store.commit(report(9000)), {
    result: 'refreshed',
    address: '192.0.2.1',
    firstSeen: 1000,
    lastSeen: 9000,
  })
})

test('a running reader whose database is upgraded fails with newer-schema', async t => {
  const dir = temporaryDirectory()
  await storeIn(t, dir)
  const reader = readerOf(t, dir)
  await reader.check()
  const newer = connect(databaseFiles(dir).main, { access: 'write' })
  await newer.raw('PRAGMA user_version = 99')
  await newer.destroy()
  await assert.rejects(reader.version(), { code: 'newer-schema' })
  await assert.rejects(reader.currentOf(home), { code: 'newer-schema' })
})

test('reports are refused while another program holds the write lock, and accepted afterwards', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  const other = connect(databaseFiles(dir).main, { access: 'write' })
  await other.raw('BEGIN IMMEDIATE')
  const refused = await Promise.allSettled(
    [2000, 3000, 4000].map(timestamp => store.commit(report(timestamp))),
  )
  for (const outcome of refused) assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'busy')
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.lastSeen, 1000)
  await other.raw('ROLLBACK')
  await other.destroy()
  assert.ok('result' in (await store.commit(report(2000))))
})

test('a long read delays no commit', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  const reader = connect(databaseFiles(dir).main, { access: 'read' })
  await reader.raw('BEGIN')
  await reader.raw('SELECT * FROM devices')
  for (let timestamp = 1001; timestamp < 1050; timestamp++) await store.commit(report(timestamp))
  await reader.destroy()
})

test('after a kill at any moment every acknowledged report is there, and the database is sound', async t => {
  const dir = temporaryDirectory()
  let newest = 0
  for (const pause of [30, 100, 170]) {
    const writer = await startChild(t, 'writer-process', dir)
    const acknowledged = await killWhileCommitting(writer, newest, pause)
    const reader = openSqliteReader(sqliteFile(dir))
    newest = (await reader.currentOf(home))?.[0]?.lastSeen ?? 0
    await reader[Symbol.asyncDispose]()
    assert.ok(newest >= acknowledged && acknowledged > 0, `${acknowledged} acknowledged, ${newest} stored`)
    await verify(databaseFiles(dir).main)
  }
})

/** A clock by which the last write is always too old to be trusted. */
function growing(): () => number {
  let seconds = 0
  return () => ++seconds * 10_000
}

/** With a new address each time: a confirmation alone needs no space that the -wal cannot give back. */
async function commitUntilRefused(writer: Child) {
  for (let timestamp = 2000; timestamp < 2200; timestamp++) {
    await writer.ask('fillVolume')
    try {
      await writer.ask('commit', timestamp, `192.0.2.${timestamp - 2000}`)
    } catch (error) {
      return { timestamp, code: (error as { code?: unknown }).code }
    }
  }
  throw new Error('the volume was never full')
}

/** @returns the last timestamp that was acknowledged */
async function killWhileCommitting(writer: Child, after: number, pauseMs: number): Promise<number> {
  let acknowledged = Number(await writer.ask('commitAllTheTime', after + 1))
  const killed = setTimeout(pauseMs).then(() => writer.kill('SIGKILL'))
  for (;;) {
    const next = await writer.next().catch(() => null)
    if (next === null) break
    acknowledged = Number(next)
  }
  await killed
  return acknowledged
}
