import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PostgresServer, skipWithoutPostgres } from '../../../../test/fixtures/postgres.ts'
import { report } from '../../fixtures/reports.ts'
import { connectionTo } from '../fixtures/connection.ts'
import { openPostgresStore } from '../store.ts'
import { RECEIVER_ROLE, roleStatements, VIEWER_ROLE } from './roles.ts'
import { runStatements } from './run-statements.ts'

const passwords = { receiver: 'of the receivers: @/#', viewer: 'of the viewers' }
const statements = roleStatements(passwords, randomBytes)

test('a receiver makes the tables, a viewer only reads them, each with its password', {
  skip: skipWithoutPostgres,
}, async t => {
  await using server = await PostgresServer.start()
  askForPasswords(server)
  const database = server.createDatabase()
  await runStatements(server.url(database), statements)
  // Again, which keeps the passwords.
  await runStatements(server.url(database), roleStatements({ receiver: null, viewer: null }, randomBytes))

  const urlOf = (role: string, password: string) =>
    `${server.url(database, role)}&password=${encodeURIComponent(password)}`
  {
    await using store = await openPostgresStore(urlOf(RECEIVER_ROLE, passwords.receiver))
    await store.commit(report(1000))
  }
  const viewer = await connectionTo(t, urlOf(VIEWER_ROLE, passwords.viewer))
  await viewer.query('SET default_transaction_read_only = off')
  for (const table of ['devices', 'open_tenures', 'closed_tenures', 'outages', 'meta', 'receivers']) {
    await viewer.query(`SELECT * FROM ${table}`)
    await assert.rejects(viewer.query(`DELETE FROM ${table}`), { code: '42501' }) // insufficient_privilege
  }
  await assert.rejects(viewer.query('CREATE TABLE more (id int)'), { code: '42501' })
  await assert.rejects(openPostgresStore(urlOf(RECEIVER_ROLE, 'wrong')), { code: 'no-access' })
})

test('a statement that fails leaves nothing of those before it', { skip: skipWithoutPostgres }, async () => {
  await using server = await PostgresServer.start()
  await assert.rejects(runStatements(server.url('postgres'), [...statements, 'SELECT 1/0']))
  assert.equal(server.sql('postgres', "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ipupdater%'"), '')
})

test('no password is in the statements', () => {
  for (const statement of statements) {
    for (const password of Object.values(passwords)) assert.equal(statement.includes(password), false)
  }
})

/** Of everyone except the superuser. */
function askForPasswords(server: PostgresServer): void {
  writeFileSync(
    join(server.directory, 'data', 'pg_hba.conf'),
    'local all postgres trust\nlocal all all scram-sha-256\n',
  )
  server.sql('postgres', 'SELECT pg_reload_conf()')
}
