import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresServer, skipWithoutPostgres } from '../../../test/fixtures/postgres.ts'
import { report } from '../fixtures/reports.ts'
import { storeOn } from './fixtures/database.ts'

const skip = skipWithoutPostgres

/** `client_min_messages = error` hides the warning from a session that does not ask for it. */
const MISSING_STANDBY = ['synchronous_standby_names=missing', 'client_min_messages=error']

test('a commit whose wait for a standby was cancelled is not acknowledged, and is found when sent again', {
  skip,
}, async t => {
  await using server = await PostgresServer.start()
  const store = await storeOn(t, server.url('postgres'))
  await server.stop()
  await server.run(MISSING_STANDBY)
  const commit = store.commit(report(1000))
  await cancelCommit(server)
  await assert.rejects(commit, { code: 'unreachable', message: /did not confirm a commit/ })

  await server.stop()
  await server.run()
  const again = await store.commit(report(1000))
  assert.ok('result' in again && again.repeated)
})

test('a commit that waits for a missing standby is given up after a time, and is found when sent again', {
  skip,
}, async t => {
  await using server = await PostgresServer.start()
  const store = await storeOn(t, server.url('postgres'), { timeoutMs: 1000 })
  await server.stop()
  await server.run(MISSING_STANDBY)
  await assert.rejects(store.commit(report(1000)), { code: 'unreachable', message: /no answer for 1 s/ })

  await server.stop()
  await server.run()
  const again = await store.commit(report(1000))
  assert.ok('result' in again && again.repeated)
})

test('the store works again by itself after the server was down', { skip }, async t => {
  await using server = await PostgresServer.start()
  const store = await storeOn(t, server.url('postgres'))
  await store.commit(report(1000))
  await server.stop()
  await assert.rejects(store.commit(report(2000)), { code: 'unreachable' })
  await assert.rejects(store.checkWritable(), { code: 'unreachable' })
  await server.run()
  assert.ok('result' in (await store.commit(report(2000))))
})

test('after the promotion of a standby, what was reported before is refused, also what the standby lacks', {
  skip,
}, async t => {
  await using primary = await PostgresServer.start()
  const before = Date.now()
  const lost = report(before + 1, { device: 'lost' })
  const store = await storeOn(t, primary.url('postgres'))
  await store.commit(report(before))
  await using standby = await primary.startStandby(['primary_conninfo='])
  await assert.rejects(storeOn(t, standby.url('postgres')), { code: 'read-only' })
  await store.commit(lost)
  await primary.stop()
  standby.sql('postgres', 'SELECT pg_promote()')

  const warnings: string[] = []
  const log = { info() {}, warn: (message: string) => warnings.push(message) }
  const promoted = await storeOn(t, standby.url('postgres'), { log })
  const refused = await promoted.commit(lost)
  assert.ok('refused' in refused && refused.refused === 'not-newer' && refused.last > before)
  assert.equal(warnings.length, 1)
  assert.ok('result' in (await promoted.commit(report(refused.last + 1, { device: 'lost' }))))
  // The floor rises once, not with each connection.
  const second = await storeOn(t, standby.url('postgres'), { log })
  assert.ok('result' in (await second.commit(report(refused.last + 1, { device: 'other' }))))
  assert.equal(warnings.length, 1)
})

/** As an operator would, once the commit waits. */
async function cancelCommit(server: PostgresServer): Promise<void> {
  const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
  while (server.sql('postgres', cancel) !== 't') await sleep(20)
}
