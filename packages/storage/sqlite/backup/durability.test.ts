import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import { report } from '../../fixtures/reports.ts'
import { sqliteFile } from '../files.ts'
import { storeIn } from '../fixtures/database.ts'
import { backup } from './backup.ts'
import { copyTables } from './copy-tables.ts'
import { restore } from './restore.ts'
import { verify } from './verify.ts'

/** Calls `look` at every fsync through a file handle, with the path that is flushed. */
async function atEverySync(t: TestContext, look: (path: string) => void): Promise<void> {
  const handle = await open('/')
  await handle.close()
  const prototype = Object.getPrototypeOf(handle) as { sync(): Promise<void>; readonly fd: number }
  const sync = prototype.sync
  t.mock.method(prototype, 'sync', function (this: typeof prototype) {
    look(readlinkSync(`/proc/self/fd/${this.fd}`))
    return sync.call(this)
  })
}

async function* registryOf(...lines: readonly string[]): AsyncGenerator<string[]> {
  yield [...lines]
}

/** 2: WAL mode, 1: not (sqlite.org/fileformat.html, section 1.3). */
function formatOf(file: string): number | undefined {
  return readFileSync(file)[18]
}

test('a backup is flushed before it gets its name, and its name after that', async t => {
  const dir = temporaryDirectory()
  await (await storeIn(t, dir)).commit(report(1000))
  const target = temporaryDirectory()
  const file = join(target, 'backup.sqlite')
  const flushed: [path: string, hasName: boolean][] = []
  await atEverySync(t, path => flushed.push([path, existsSync(file)]))
  await backup(dir, file)
  assert.deepEqual(flushed, [
    [join(target, 'backup.sqlite.partial', 'backup.sqlite'), false],
    [target, true],
  ])
})

test('a database that is put in place of a missing one is flushed with its name', async t => {
  const dir = temporaryDirectory()
  const file = join(temporaryDirectory(), 'backup.sqlite')
  await (await storeIn(t, dir)).commit(report(1000))
  await backup(dir, file)
  const empty = temporaryDirectory()
  const flushed: [path: string, hasName: boolean][] = []
  await atEverySync(t, path => flushed.push([path, existsSync(sqliteFile(empty))]))
  await restore({ dir: empty, file, now: () => 2000 })
  assert.deepEqual(flushed, [[empty, true]])
})

test('a backup over an earlier one, with what a killed one left, replaces both and leaves nothing else', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  const target = temporaryDirectory()
  const file = join(target, 'backup.sqlite')
  await backup(dir, file)
  mkdirSync(`${file}.partial`)
  for (const name of ['backup.sqlite', 'backup.sqlite-journal', 'backup.sqlite-wal']) {
    writeFileSync(join(`${file}.partial`, name), 'half a copy')
  }
  await store.commit(report(2000, { address: '192.0.2.2' }))
  assert.equal((await backup(dir, file)).tenures, 2)
  assert.equal((await verify(file)).tenures, 2)
  assert.deepEqual(readdirSync(target), ['backup.sqlite'])
})

test('a backup that fails on its way leaves the earlier one, and nothing else', async t => {
  const dir = temporaryDirectory()
  await (await storeIn(t, dir)).commit(report(1000))
  const target = temporaryDirectory()
  const file = join(target, 'backup.sqlite')
  await backup(dir, file)
  const before = readFileSync(file)
  // biome-ignore lint/correctness/useYield: it fails before its first line
  const unreadable = async function* (): AsyncGenerator<string[]> {
    throw new Error('the registry cannot be read')
  }
  await assert.rejects(backup(dir, file, unreadable()), /^Error: the registry cannot be read$/)
  assert.deepEqual(readFileSync(file), before)
  assert.deepEqual(readdirSync(target), [basename(file)])
})

test('a backup is one file outside of WAL mode, for its owner alone, whatever the umask', async t => {
  const dir = temporaryDirectory()
  await (await storeIn(t, dir)).commit(report(1000))
  const target = temporaryDirectory()
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  await backup(dir, join(target, 'backup.sqlite'), registryOf('{"device":"home"}'))
  assert.deepEqual(readdirSync(target), ['backup.sqlite'])
  assert.equal(formatOf(join(target, 'backup.sqlite')), 1)
  assert.equal(statSync(join(target, 'backup.sqlite')).mode & 0o777, 0o600)
})

test('a restore under a running store keeps WAL mode, and the copy that it keeps is outside of it', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  const file = join(temporaryDirectory(), 'backup.sqlite')
  await backup(dir, file)
  const { kept } = await restore({ dir, file, now: () => 2000 })
  await store.commit(report(3000))
  assert.equal(formatOf(sqliteFile(dir)), 2)
  assert.ok(existsSync(`${sqliteFile(dir)}-wal`))
  assert.equal(formatOf(kept ?? ''), 1)
})

test('a file of the name that the kept database would get is not replaced', async t => {
  const dir = temporaryDirectory()
  await (await storeIn(t, dir)).commit(report(1000))
  const file = join(temporaryDirectory(), 'backup.sqlite')
  await backup(dir, file)
  const inTheWay = `${sqliteFile(dir)}.before-1970-01-01T000002.000Z`
  writeFileSync(inTheWay, 'precious')
  await assert.rejects(restore({ dir, file, now: () => 2000 }), /is in the way: try again/)
  assert.equal(readFileSync(inTheWay, 'utf8'), 'precious')
})

test('the registry comes back line by line, and the database made from the backup holds none of it', async t => {
  const dir = temporaryDirectory()
  await (await storeIn(t, dir)).commit(report(1000))
  const target = temporaryDirectory()
  const file = join(target, 'backup.sqlite')
  const lines = Array.from({ length: 1500 }, (_, i) => `{"device":"d${i}","secrets":"hush-hush"}`)
  await backup(dir, file, registryOf(...lines))
  const found: string[] = []
  await restore({
    dir: temporaryDirectory(),
    file,
    now: () => 2000,
    takeRegistry: async slices => {
      for await (const slice of slices ?? assert.fail('no registry')) found.push(...slice)
    },
  })
  assert.deepEqual(found, lines)

  const made = join(target, 'made.sqlite')
  await copyTables(file, made)
  assert.ok(!readFileSync(made, 'latin1').includes('hush-hush'))
  using original = new DatabaseSync(sqliteFile(dir), { readOnly: true })
  using copy = new DatabaseSync(made, { readOnly: true })
  const schema = `SELECT type, name, sql FROM sqlite_schema ORDER BY type, name`
  assert.deepEqual(copy.prepare(schema).all(), original.prepare(schema).all())
  for (const { name } of original.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()) {
    const rows = `SELECT * FROM "${name}" ORDER BY 1`
    assert.deepEqual(copy.prepare(rows).all(), original.prepare(rows).all(), String(name))
  }
})

test('a backup that was copied over the database is refused by the receiver, which says what it is', async t => {
  const dir = temporaryDirectory()
  const store = await storeIn(t, dir)
  await store.commit(report(1000))
  const other = temporaryDirectory()
  await backup(dir, sqliteFile(other))
  await assert.rejects(
    storeIn(t, other),
    /is a backup: move it away and put it back with "ipupdater-admin restore/,
  )
})
