import assert from 'node:assert/strict'
import { connect as connectTo, createServer } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { PostgresServer, sharedPostgres, skipWithoutPostgres } from '../../../../test/fixtures/postgres.ts'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import { home, report } from '../../fixtures/reports.ts'
import { newDatabase, readerOn, storeOn } from '../fixtures/database.ts'

const skip = skipWithoutPostgres

test('a reader waits for the database, for its tables, and for a server that is down', { skip }, async t => {
  await using server = await PostgresServer.start()
  const reader = readerOn(t, server.url('addresses'))
  await assert.rejects(reader.check(), { code: 'missing' })
  server.sql('postgres', 'CREATE DATABASE addresses')
  await assert.rejects(reader.check(), { code: 'not-ready' })
  await assert.rejects(reader.currentOf(home), { code: 'not-ready' })
  const store = await storeOn(t, server.url('addresses'))
  await store.commit(report(1000))
  const version = await reader.version()
  assert.equal((await reader.currentOf(home))?.length, 1)

  await server.stop()
  await assert.rejects(reader.check(), { code: 'unreachable' })
  await server.run()
  assert.equal((await reader.currentOf(home))?.length, 1)
  assert.notEqual(await reader.version(), version, 'the server was started again')
})

test('a reader refuses a newer schema', { skip }, async t => {
  const server = await sharedPostgres()
  const database = server.createDatabase()
  await storeOn(t, server.url(database))
  server.sql(database, `UPDATE meta SET value = 99 WHERE name = 'schema'`)
  await assert.rejects(readerOn(t, server.url(database)).version(), { code: 'newer-schema' })
})

test('two readers of one server see the same version', { skip }, async t => {
  const url = await newDatabase()
  await storeOn(t, url)
  assert.equal(await readerOn(t, url).version(), await readerOn(t, url).version())
})

test('an account that may only read can read everything and write nothing', { skip }, async t => {
  await using server = await PostgresServer.start()
  await (await storeOn(t, server.url('postgres'))).commit(report(1000))
  server.sql('postgres', 'CREATE ROLE viewer LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO viewer')
  const url = server.url('postgres', 'viewer')
  const reader = readerOn(t, url)
  await reader.version()
  assert.equal((await reader.history({ limit: 10 }))?.entries.length, 1)
  await assert.rejects(storeOn(t, url), { code: 'no-access' })
})

test('a reader on a standby follows the primary', { skip }, async t => {
  await using primary = await PostgresServer.start()
  const store = await storeOn(t, primary.url('postgres'))
  await using standby = await primary.startStandby()
  const reader = readerOn(t, standby.url('postgres'))
  const before = await reader.version()
  primary.sql('postgres', `ALTER SYSTEM SET synchronous_standby_names = 'standby'`)
  primary.sql('postgres', `ALTER SYSTEM SET synchronous_commit = 'remote_apply'`)
  await primary.stop()
  await primary.run()
  await store.commit(report(1000)) // returns once the standby shows it
  assert.notEqual(await reader.version(), before)
  assert.equal((await reader.currentOf(home))?.[0]?.lastSeen, 1000)
})

test('behind a proxy with two servers, answers between two equal versions are from one server', {
  skip,
}, async t => {
  await using one = await PostgresServer.start()
  await using other = await PostgresServer.start()
  await (await storeOn(t, one.url('postgres'))).commit(report(1000))
  await (await storeOn(t, other.url('postgres'))).commit(report(2000))
  const reader = readerOn(t, await startProxy(t, one.directory, other.directory))
  await Promise.all([reader.version(), reader.version()])
  let compared = 0
  for (let round = 0; round < 10; round++) {
    const before = await reader.version()
    const answers = await Promise.all(Array.from({ length: 4 }, () => reader.currentOf(home)))
    if ((await reader.version()) !== before) continue
    compared++
    assert.equal(new Set(answers.map(addresses => addresses?.[0]?.lastSeen)).size, 1)
  }
  assert.ok(compared > 5, `${compared}`)
})

/** A proxy on a Unix socket. Its first connection leads to `first`, all others to `next`. */
async function startProxy(t: TestContext, first: string, next: string): Promise<string> {
  const directory = temporaryDirectory()
  let target = first
  const server = createServer(socket => {
    const upstream = connectTo(join(target, '.s.PGSQL.5432'))
    target = next
    socket.pipe(upstream).pipe(socket)
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(join(directory, '.s.PGSQL.5432'), resolve))
  t.after(() => server.close())
  return `postgres:///postgres?host=${directory}&user=postgres`
}
