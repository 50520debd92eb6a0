import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { connect } from './connection.ts'
import { databaseFiles } from './files.ts'
import { openDatabase } from './open-database.ts'
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.ts'

test('a new database has the application id and the schema version', async () => {
  const files = databaseFiles(temporaryDirectory())
  const knex = await openDatabase(files, { access: 'create' })
  const [row] = await knex.raw('SELECT * FROM pragma_application_id, pragma_user_version')
  await knex.destroy()
  assert.deepEqual(row, { application_id: APPLICATION_ID, user_version: SCHEMA_VERSION })
})

test('a migration that was killed does not prevent the next start', async () => {
  const files = databaseFiles(temporaryDirectory())
  const killed = connect(files.main, { access: 'create' })
  // What Knex has written by then: its own tables, and the lock that it did not release.
  await killed.migrate.list({
    migrationSource: {
      getMigrations: async () => [],
      getMigrationName: () => '',
      getMigration: async () => ({ up: async () => {} }),
    },
  })
  await killed('knex_migrations_lock').update({ is_locked: 1 })
  await killed.destroy()
  const knex = await openDatabase(files, { access: 'write' })
  assert.equal((await knex('meta').where({ name: 'replay-floor' })).length, 1)
  await knex.destroy()
})

test('with access write, no database is created', async () => {
  const files = databaseFiles(temporaryDirectory())
  await assert.rejects(openDatabase(files, { access: 'write' }))
  assert.equal(existsSync(files.main), false)
})

test('every commit is synced to disk', async t => {
  const knex = await openDatabase(databaseFiles(temporaryDirectory()), { access: 'create' })
  t.after(() => knex.destroy())
  assert.deepEqual(await knex.raw('SELECT * FROM pragma_synchronous, pragma_journal_mode'), [
    { synchronous: 2, journal_mode: 'wal' },
  ])
})
