import assert from 'node:assert/strict'
import { mkdirSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { home, report } from '../fixtures/reports.ts'
import { verify } from './backup/verify.ts'
import { connect } from './connection.ts'
import { sqliteFile } from './files.ts'
import { readerOf, storeIn } from './fixtures/database.ts'
import type { Migration } from './schema.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './schema.ts'
import { openSqliteStore } from './store.ts'

const NEXT_VERSION = SCHEMA_VERSION + 1

/** A step that a later version might take. */
const addNote: Migration = {
  name: '9999-note',
  async up(knex) {
    await knex.raw('ALTER TABLE devices ADD COLUMN note TEXT')
    await knex.raw(`PRAGMA user_version = ${NEXT_VERSION}`)
  },
  async down() {},
}

test('before a migration the store makes a verified backup next to the database, and logs where', async () => {
  const dir = await databaseBefore()
  const { log, lines } = recorder()
  await using store = await openSqliteStore(sqliteFile(dir), { log }, [...MIGRATIONS, addNote])
  const backup = `${sqliteFile(dir)}.schema-${SCHEMA_VERSION}`
  assert.deepEqual(lines, [
    ['backup made before the migration', { file: backup, from: SCHEMA_VERSION, to: NEXT_VERSION }],
    ['database open', { file: sqliteFile(dir) }],
  ])
  assert.deepEqual(await verify(backup), { schema: SCHEMA_VERSION, devices: 1, tenures: 1, outages: 0 })
  assert.equal(await versionOf(sqliteFile(dir)), NEXT_VERSION)
  assert.equal('result' in (await store.commit(report(2000))), true)
})

test('if the backup fails, the database is not migrated', async t => {
  const dir = await databaseBefore()
  mkdirSync(`${sqliteFile(dir)}.schema-${SCHEMA_VERSION}`)
  await assert.rejects(openSqliteStore(sqliteFile(dir), {}, [...MIGRATIONS, addNote]), { code: 'io' })
  assert.equal(await versionOf(sqliteFile(dir)), SCHEMA_VERSION)
  assert.equal((await readerOf(t, dir).currentOf(home))?.[0]?.lastSeen, 1000)
})

test('if a migration fails, the database stays as it was, and the next start tries again', async () => {
  const dir = await databaseBefore()
  const failing: Migration = {
    ...addNote,
    async up(knex) {
      await addNote.up(knex)
      throw new Error('this step fails')
    },
  }
  await assert.rejects(openSqliteStore(sqliteFile(dir), {}, [...MIGRATIONS, failing]))
  assert.equal(await versionOf(sqliteFile(dir)), SCHEMA_VERSION)
  await using _store = await openSqliteStore(sqliteFile(dir), {}, [...MIGRATIONS, addNote])
  assert.equal(await versionOf(sqliteFile(dir)), NEXT_VERSION)
})

test('without a migration no backup is made, neither of a new database nor of an existing one', async t => {
  const dir = await databaseBefore()
  await storeIn(t, dir)
  assert.deepEqual(
    readdirSync(dir).filter(name => name.includes('.schema-')),
    [],
  )
})

/** A directory with a database of the present schema that nobody has open. */
async function databaseBefore(): Promise<string> {
  const dir = temporaryDirectory()
  await using store = await openSqliteStore(sqliteFile(dir))
  await store.commit(report(1000))
  return dir
}

function recorder() {
  const lines: [message: string, fields: unknown][] = []
  const record = (message: string, fields?: Readonly<Record<string, unknown>>) =>
    lines.push([message, fields])
  return { lines, log: { info: record, warn: record } }
}

async function versionOf(file: string): Promise<unknown> {
  const knex = connect(file, { access: 'read' })
  try {
    const [row] = await knex.raw('SELECT user_version AS version FROM pragma_user_version')
    return row.version
  } finally {
    await knex.destroy()
  }
}
