import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { report } from '../fixtures/reports.ts'
import type { FileKind } from './backup/backup-file.ts'
import { kindOf } from './backup/backup-file.ts'
import { sqliteFile } from './files.ts'
import { lockDataDirectory } from './open-database.ts'
import { openSqliteStore } from './store.ts'

test('a data directory is reserved once at a time', async () => {
  const dir = temporaryDirectory()
  const first = await lockDataDirectory(dir, 0)
  await assert.rejects(lockDataDirectory(dir, 0), { name: 'StorageError', code: 'in-use' })
  await first[Symbol.asyncDispose]()
  await (await lockDataDirectory(dir, 0))[Symbol.asyncDispose]()
})

test('a database that one store reserves is refused to another, and open to stores that do not', async () => {
  const file = sqliteFile(temporaryDirectory())
  await using receiver = await openSqliteStore(file, { reserve: true })
  await assert.rejects(openSqliteStore(file, { reserve: true }), { name: 'StorageError', code: 'in-use' })
  await using command = await openSqliteStore(file)
  await receiver.commit(report(1))
  await command.commit(report(2))
})

test('after a fault nothing in the directory stays open, and the reservation comes back with the database', async () => {
  const dir = temporaryDirectory()
  const file = sqliteFile(dir)
  await using receiver = await openSqliteStore(file, { reserve: true })
  renameSync(file, `${file}.away`)
  await assert.rejects(receiver.commit(report(1)), { code: 'missing' })
  await (await lockDataDirectory(dir, 0))[Symbol.asyncDispose]()
  renameSync(`${file}.away`, file)
  await receiver.commit(report(1))
  await assert.rejects(lockDataDirectory(dir, 0), { code: 'in-use' })
})

test('a new database is known as ours by its file alone, before there are tables', async () => {
  const file = sqliteFile(temporaryDirectory())
  let kind: FileKind | undefined
  const migrations = [
    {
      name: 'looks',
      async up() {
        kind = kindOf(file)
        throw new Error('killed')
      },
      async down() {},
    },
  ]
  await assert.rejects(openSqliteStore(file, {}, migrations), /killed/)
  assert.equal(kind, 'database')
})

test('a directory that does not exist is a fault of its own', async () => {
  await assert.rejects(lockDataDirectory(join(temporaryDirectory(), 'nothing'), 0), { code: 'missing' })
})
