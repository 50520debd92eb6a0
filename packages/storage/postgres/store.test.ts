import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { PostgresServer, sharedPostgres, skipWithoutPostgres } from '../../../test/fixtures/postgres.ts'
import { report } from '../fixtures/reports.ts'
import { connectionTo } from './fixtures/connection.ts'
import { newDatabase, storeOn } from './fixtures/database.ts'
import { LOCKS } from './schema.ts'
import { openPostgresStore } from './store.ts'

const skip = skipWithoutPostgres

test('two receivers that start at once on an empty database make its tables once', { skip }, async t => {
  const url = await newDatabase()
  const [one, other] = await Promise.all([storeOn(t, url), storeOn(t, url)])
  assert.ok('result' in (await one.commit(report(1000))))
  assert.deepEqual(await other.commit(report(1000)), { ...(await one.commit(report(1000))), repeated: true })
})

test('a database of a newer version is refused, at the start and later', { skip }, async t => {
  const server = await sharedPostgres()
  const database = server.createDatabase()
  const running = await storeOn(t, server.url(database))
  await running.commit(report(1000))
  server.sql(database, `UPDATE meta SET value = 99 WHERE name = 'schema'`)
  await assert.rejects(openPostgresStore(server.url(database)), { code: 'newer-schema' })
  await assert.rejects(running.commit(report(2000)), { code: 'newer-schema' })
  await assert.rejects(running.checkWritable(), { code: 'newer-schema' })
  await assert.rejects(running.prune(5000, 10), { code: 'newer-schema' })
  server.sql(database, `UPDATE meta SET value = 2 WHERE name = 'schema'`)
  assert.ok('result' in (await running.commit(report(2000))))
})

test('the database of another program is refused', { skip }, async () => {
  const server = await sharedPostgres()
  const database = server.createDatabase()
  server.sql(database, 'CREATE TABLE meta (name text, value bigint)')
  await assert.rejects(openPostgresStore(server.url(database)), { code: 'corrupt' })
})

test('retention leaves the work to the receiver that is doing it', { skip }, async t => {
  const server = await sharedPostgres()
  const url = server.url(server.createDatabase())
  const store = await storeOn(t, url)
  await store.commit(report(1000))
  await store.commit(report(2000, { address: '192.0.2.2' }))
  const other = await connectionTo(t, url)
  await other.query('BEGIN')
  await other.query(`SELECT pg_advisory_xact_lock(${LOCKS.retention})`)
  assert.equal(await store.prune(5000, 10), 0)
  await other.query('COMMIT')
  assert.equal(await store.prune(5000, 10), 1)
})

for (const setting of ['fsync', 'full_page_writes']) {
  test(`a server with ${setting}=off is refused, because it can lose what it has acknowledged`, {
    skip,
  }, async () => {
    await using server = await PostgresServer.start([`${setting}=off`])
    await assert.rejects(openPostgresStore(server.url('postgres')), {
      code: 'unsuitable',
      advice: `set ${setting} = on`,
    })
  })
}

test('a password is in no message and no error', { skip }, async () => {
  await using server = await PostgresServer.start([], 'local all alice scram-sha-256\nlocal all all trust\n')
  server.sql('postgres', `CREATE ROLE alice LOGIN PASSWORD 'right-pass'`)
  const socket = `?host=${server.directory}`
  for (const [url, code] of [
    [`postgres://alice:wrong-pass@localhost/postgres${socket}`, 'no-access'],
    [`postgres://nobody:wrong-pass@localhost/postgres${socket}`, 'no-access'],
    [`postgres://alice:right-pass@localhost/nothing${socket}`, 'missing'],
    [`postgres://alice:right-pass@localhost/postgres${socket}`, 'no-access'], // may not create tables
    ['postgres://alice:wrong-pass@127.0.0.1:1/postgres', 'unreachable'],
    ['postgres://alice:wrong-pass@one,two/postgres', 'unreachable'],
    ['postgres://alice:wrong-pass#@[/postgres', 'unreachable'],
    ['mysql://alice:wrong-pass@localhost/postgres', 'unreachable'],
  ] as const) {
    await assert.rejects(openPostgresStore(url), (error: { code?: string }) => {
      assert.equal(error.code, code, inspect(error))
      assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), /-pass/)
      return true
    })
  }
})
