import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { report } from '../fixtures/reports.ts'
import { sqliteFile } from './files.ts'
import { lockDataDirectory } from './open-database.ts'
import { openSqliteStore } from './store.ts'

test('a data directory is reserved once at a time', async t => {
  const dir = directory(t)
  const first = await lockDataDirectory(dir, 0)
  await assert.rejects(lockDataDirectory(dir, 0), { name: 'StorageError', code: 'busy' })
  await first[Symbol.asyncDispose]()
  await (await lockDataDirectory(dir, 0))[Symbol.asyncDispose]()
})

test('a reserved directory can be written by the program that reserved it', async t => {
  const dir = directory(t)
  await using _lock = await lockDataDirectory(dir, 0)
  await using store = await openSqliteStore(sqliteFile(dir))
  await store.commit(report(1))
})

test('a directory that does not exist is a fault of its own', async t => {
  await assert.rejects(lockDataDirectory(join(directory(t), 'nothing'), 0), { code: 'missing' })
})

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'lock-'))
  t.after(() => rmSync(dir, { recursive: true }))
  return dir
}
