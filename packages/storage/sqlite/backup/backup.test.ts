import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import type { Store } from '../../contract.ts'
import { home, report } from '../../fixtures/reports.ts'
import { connect } from '../connection.ts'
import { databaseFiles, sqliteFile } from '../files.ts'
import { readerOf, storeIn } from '../fixtures/database.ts'
import { SCHEMA_VERSION } from '../schema.ts'
import { openSqliteStore } from '../store.ts'
import { backup } from './backup.ts'
import { restore } from './restore.ts'
import { verify } from './verify.ts'

const now = () => 1_000_000

test('a backup made while the receiver runs contains what was committed by then, in one file', async t => {
  const { dir, file, store } = await withBackup(t)
  await store.commit(report(9000, { address: '192.0.2.9' }))
  assert.deepEqual(await verify(file), { schema: SCHEMA_VERSION, devices: 1, tenures: 2, outages: 0 })
  assert.deepEqual(readdirSync(join(file, '..')), ['backup.sqlite'])
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.address, '192.0.2.9')
})

test('a backup made while reports are committed is not damaged', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  const commits: Promise<unknown>[] = []
  const traffic = setInterval(() => commits.push(store.commit(report(1000 + commits.length))), 1)
  await store.commit(report(999))
  for (let round = 0; round < 5; round++) await backup(dir, join(dir, 'copy'))
  clearInterval(traffic)
  await Promise.all(commits)
  assert.equal((await verify(join(dir, 'copy'))).devices, 1)
})

test('a backup of a stopped receiver works too', async () => {
  const dir = temporaryDirectory()
  const store = await openSqliteStore(sqliteFile(dir))
  await store.commit(report(1000))
  await store[Symbol.asyncDispose]()
  assert.equal((await backup(dir, join(dir, 'copy'))).tenures, 1)
})

test('without a database there is nothing to back up, and no file is made', async () => {
  const dir = temporaryDirectory()
  await assert.rejects(backup(dir, join(dir, 'copy')), { code: 'missing' })
  assert.deepEqual(readdirSync(dir), [])
})

test('a backup that cannot be written leaves the earlier one as it was', async t => {
  const { dir, file } = await withBackup(t)
  const before = readFileSync(file)
  await assert.rejects(backup(dir, join(file, 'below-a-file')))
  assert.deepEqual(readFileSync(file), before)
})

test('a restore under a running receiver takes effect at once, and the old database is kept', async t => {
  const { dir, file, store } = await withBackup(t)
  await store.commit(report(9000, { address: '192.0.2.9' }))
  const reader = readerOf(t, dir)
  const version = await reader.version()
  const { restored, kept } = await restore({ dir, file, now })
  assert.equal(restored.tenures, 2)
  assert.notEqual(await reader.version(), version)
  assert.equal((await reader.currentOf(home))?.[0]?.address, '192.0.2.2')
  assert.equal((await verify(kept ?? '')).tenures, 3)
})

test('after a restore no message from before it counts a second time; a new one does', async t => {
  const { dir, file, store } = await withBackup(t)
  await store.commit(report(9000, { address: '192.0.2.9' }))
  await restore({ dir, file, now })
  assert.deepEqual(await store.commit(report(9000, { address: '192.0.2.9' })), {
    refused: 'not-newer',
    last: now(),
  })
  assert.deepEqual(await store.commit(report(now(), { device: 'other' })), {
    refused: 'not-newer',
    last: now(),
  })
  assert.ok('result' in (await store.commit(report(now() + 1))))
})

test('what is acknowledged during a restore does not count a second time either', async t => {
  const { dir, file, store } = await withBackup(t)
  const clock = [now(), now(), now() + 500]
  const meanwhile = report(now() + 300, { address: '192.0.2.9' })
  await store.commit(meanwhile)
  await restore({ dir, file, now: () => clock.shift() ?? assert.fail('the clock is read once more') })
  assert.deepEqual(await store.commit(meanwhile), { refused: 'not-newer', last: now() + 500 })
  assert.ok('result' in (await store.commit(report(now() + 501))))
})

test('a restore while the receiver is stopped leaves a lone file, as a clean stop does', async t => {
  const { dir, file, store } = await withBackup(t)
  await store[Symbol.asyncDispose]()
  await restore({ dir, file, now })
  const { main, wal, shm } = databaseFiles(dir)
  assert.deepEqual([main, wal, shm].map(existsSync), [true, false, false])
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.address, '192.0.2.2')
})

test('a restore into an empty directory needs no database to be there', async t => {
  const { file } = await withBackup(t)
  const dir = temporaryDirectory()
  assert.equal((await restore({ dir, file, now })).kept, null)
  assert.deepEqual(await (await storeIn(t, dir)).commit(report(5000)), { refused: 'not-newer', last: now() })
})

test('a restore over a damaged database keeps that one under another name', async t => {
  const { file } = await withBackup(t)
  const dir = temporaryDirectory()
  writeFileSync(databaseFiles(dir).main, 'damaged'.repeat(1000))
  const { kept } = await restore({ dir, file, now })
  assert.equal(readFileSync(kept ?? '', 'utf8'), 'damaged'.repeat(1000))
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.address, '192.0.2.2')
})

test('a receiver continues without a restart after its damaged database was restored', async t => {
  const { dir, file, store } = await withBackup(t)
  writeFileSync(databaseFiles(dir).main, 'damaged'.repeat(1000))
  await restore({ dir, file, now })
  await store.commit(report(now() + 1)).catch(() => {}) // the first may find that the file is another one now
  assert.ok('result' in (await store.commit(report(now() + 2))))
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.lastSeen, now() + 2)
})

const unfit: Record<string, { code: string; spoil: (file: string) => unknown }> = {
  'that is damaged': {
    code: 'corrupt',
    spoil: file => {
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.fill(0xff, 4096, 3 * 4096))
    },
  },
  'that is cut short': { code: 'corrupt', spoil: file => truncateSync(file, statSync(file).size / 2) },
  'that is no database': { code: 'corrupt', spoil: file => writeFileSync(file, 'what?'.repeat(1000)) },
  'that is empty': { code: 'corrupt', spoil: file => truncateSync(file) },
  'of a newer version': {
    code: 'newer-schema',
    spoil: async file => {
      const knex = connect(file, { access: 'write' })
      await knex.raw('PRAGMA user_version = 99')
      await knex.destroy()
    },
  },
}
for (const [what, { code, spoil }] of Object.entries(unfit)) {
  test(`a file ${what} is not restored; the database stays, and nothing else is left behind`, async t => {
    const { dir, file, store } = await withBackup(t)
    await store.commit(report(9000, { address: '192.0.2.9' }))
    await spoil(file)
    const before = readdirSync(dir)
    await assert.rejects(verify(file), { code })
    await assert.rejects(restore({ dir, file, now }), { code })
    assert.deepEqual(readdirSync(dir), before)
    assert.ok('result' in (await store.commit(report(9001, { address: '192.0.2.9' }))))
  })
}

test('a file that is not there is neither verified nor restored', async () => {
  const dir = temporaryDirectory()
  await assert.rejects(verify(join(dir, 'none')), { code: 'missing' })
  await assert.rejects(restore({ dir, file: join(dir, 'none'), now }), { code: 'missing' })
})

/** A running store, and a backup of it, in a directory of its own, with an address and the one before it. */
async function withBackup(t: TestContext): Promise<{ dir: string; file: string; store: Store }> {
  const dir = temporaryDirectory()
  const file = join(temporaryDirectory(), 'backup.sqlite')
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  await store.commit(report(2000, { address: '192.0.2.2' }))
  await backup(dir, file)
  return { dir, file, store }
}
