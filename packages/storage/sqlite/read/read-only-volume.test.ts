import assert from 'node:assert/strict'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import { report } from '../../fixtures/reports.ts'
import { connect } from '../connection.ts'
import type { DatabaseFiles } from '../files.ts'
import { databaseFiles, sqliteFile } from '../files.ts'
import { readOnlyView, startChild } from '../fixtures/child.ts'
import { storeIn } from '../fixtures/database.ts'
import { openSqliteStore } from '../store.ts'

/*
 * Every state in which a viewer may find its volume, which is mounted read-only (docs/decisions/0001). The viewer is a
 * process in a mount namespace of its own, in which it cannot create a file, as in its container. The receiver is
 * another process, which can be killed.
 */

test('a reader without a database fails with missing, and sees the first report without a restart', async t => {
  const { dir, read, volume } = await volumeOf(t)
  if (!volume) return
  await assert.rejects(read(), { code: 'missing' })
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('open')
  assert.equal(await read(), null)
  await writer.ask('commit', 1000, '192.0.2.1')
  assert.equal(await read(), '192.0.2.1')
})

test('an empty file is a database that is being made', async t => {
  const { read, volume, files } = await volumeOf(t)
  if (!volume) return
  writeFileSync(files.main, '')
  await assert.rejects(read(), { code: 'not-ready' })
})

test('while the receiver runs, a reader sees every commit at once', async t => {
  const { dir, read, volume } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  for (const n of [1, 2, 3]) {
    await writer.ask('commit', n * 1000, `192.0.2.${n}`)
    assert.equal(await read(), `192.0.2.${n}`)
  }
})

test('while the receiver is in a transaction, a reader sees the last commit', async t => {
  const { dir, read, volume } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  await writer.ask('stayInTransaction')
  assert.equal(await read(), '192.0.2.1')
})

test('after a checkpoint that emptied the -wal, a reader sees the last commit', async t => {
  const { dir, read, volume, files } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  const other = connect(files.main, { access: 'write' })
  await other.raw('PRAGMA wal_checkpoint(TRUNCATE)')
  await other.destroy()
  assert.equal(await read(), '192.0.2.1')
  await writer.ask('commit', 2000, '192.0.2.2')
  assert.equal(await read(), '192.0.2.2')
})

test('a clean stop leaves a lone file, which a reader can read', async t => {
  const { dir, read, volume, files } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  await writer.ask('close')
  assert.deepEqual([existsSync(files.wal), existsSync(files.shm)], [false, false])
  assert.equal(await read(), '192.0.2.1')
})

test('after a clean stop, a connected reader continues, and a new one can read', async t => {
  const { dir, read, readByAnother, volume, files } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  await read()
  await writer.ask('close')
  assert.equal(existsSync(files.wal), true)
  assert.deepEqual([await read(), await readByAnother()], ['192.0.2.1', '192.0.2.1'])
})

test('a lone file in WAL mode can be read, and is not changed', async t => {
  const { dir, read, volume, files } = await volumeOf(t)
  if (!volume) return
  await leaveLoneWalFile(dir, files)
  assert.equal(await read(), '192.0.2.1')
  assert.deepEqual([existsSync(files.wal), existsSync(files.shm)], [false, false])
})

test('the version of a lone file in WAL mode stays the same until the receiver is back', async t => {
  const { dir, reader, volume, files } = await volumeOf(t)
  if (!volume) return
  await leaveLoneWalFile(dir, files)
  const version = await reader.ask('version')
  assert.equal(await reader.ask('version'), version)
  await (await startChild(t, 'writer-process', dir)).ask('commit', 2000, '192.0.2.2')
  assert.notEqual(await reader.ask('version'), version)
})

test('a lone file in WAL mode can be read after a writer has opened it and done nothing', async t => {
  const { dir, read, volume, files } = await volumeOf(t)
  if (!volume) return
  await leaveLoneWalFile(dir, files)
  const idle = connect(files.main, { access: 'write' })
  t.after(() => idle.destroy())
  await idle.client.releaseConnection(await idle.client.acquireConnection())
  assert.equal(existsSync(files.wal), false)
  assert.equal(await read(), '192.0.2.1')
})

test('after a kill, a reader sees every acknowledged report', async t => {
  const { dir, read, volume } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  await writer.kill('SIGKILL')
  assert.equal(await read(), '192.0.2.1')
})

test('after a kill in a transaction, a reader sees the last commit', async t => {
  const { dir, read, readByAnother, volume } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  await writer.ask('stayInTransaction')
  await writer.kill('SIGKILL')
  assert.deepEqual([await read(), await readByAnother()], ['192.0.2.1', '192.0.2.1'])
})

test('a -wal without its -shm is never ignored: a reader fails with not-ready until the receiver is back', async t => {
  const { dir, read, volume, files } = await volumeOf(t)
  if (!volume) return
  const writer = await startChild(t, 'writer-process', dir)
  await writer.ask('commit', 1000, '192.0.2.1')
  await writer.kill('SIGKILL')
  rmSync(files.shm)
  await assert.rejects(read(), { code: 'not-ready' })
  await (await startChild(t, 'writer-process', dir)).ask('open')
  assert.equal(await read(), '192.0.2.1')
})

test('one reader survives stops, kills, checkpoints and restarts of the receiver', async t => {
  const { dir, read, volume } = await volumeOf(t)
  if (!volume) return
  for (const [n, end] of ['close', 'kill', 'close', 'kill', 'kill', 'close'].entries()) {
    const writer = await startChild(t, 'writer-process', dir)
    await writer.ask('commit', (n + 1) * 1000, `192.0.2.${n}`)
    assert.equal(await read(), `192.0.2.${n}`)
    await (end === 'kill' ? writer.kill('SIGKILL') : writer.ask('close'))
    assert.equal(await read(), `192.0.2.${n}`)
  }
})

test('a reader follows a database that is replaced by another file', async t => {
  const { dir, read, volume, files } = await volumeOf(t)
  if (!volume) return
  for (const address of ['192.0.2.1', '192.0.2.2']) {
    const writer = await startChild(t, 'writer-process', dir)
    await writer.ask('commit', 1000, address)
    assert.equal(await read(), address)
    await writer.kill('SIGKILL')
    for (const path of [files.main, files.wal, files.shm]) rmSync(path)
    await assert.rejects(read(), { code: 'missing' })
  }
})

for (const what of ['file', 'directory'] as const) {
  test(`a ${what} that only its owner may read is refused with its owner and the command that fixes it`, async t => {
    const dir = temporaryDirectory()
    await (await storeIn(t, dir)).commit(report(1000))
    const isRoot = process.getuid?.() === 0
    chmodSync(databaseFiles(dir).main, isRoot || what === 'directory' ? 0o600 : 0)
    chmodSync(dir, what === 'file' ? 0o755 : isRoot ? 0o700 : 0)
    // Root may read everything, so another user tries.
    const reader = await startChild(t, 'reader-process', dir, isRoot ? { uid: 65534 } : {})
    await assert.rejects(reader.ask('address'), {
      code: 'no-access',
      message: /belongs to .* runs as .*: chown /,
    })
  })
}

/** A directory, a reader that cannot write in it, and a way to start another one. */
async function volumeOf(t: TestContext) {
  const dir = temporaryDirectory()
  const prefix = readOnlyView(dir)
  if (prefix === null) t.skip('needs mount namespaces (unshare) to mount the volume read-only')
  const start = () => startChild(t, 'reader-process', dir, { prefix: prefix ?? [] })
  const reader = await start()
  return {
    dir,
    files: databaseFiles(dir),
    reader,
    volume: prefix !== null,
    read: () => reader.ask('address'),
    readByAnother: async () => (await start()).ask('address'),
  }
}

/** What remains when the last connection closes without turning WAL mode off. */
async function leaveLoneWalFile(dir: string, files: DatabaseFiles): Promise<void> {
  const store = await openSqliteStore(sqliteFile(dir))
  await store.commit(report(1000))
  await store[Symbol.asyncDispose]()
  const other = connect(files.main, { access: 'write' })
  await other.raw('PRAGMA journal_mode = WAL')
  await other.destroy()
  assert.deepEqual([existsSync(files.wal), existsSync(files.shm)], [false, false])
}
