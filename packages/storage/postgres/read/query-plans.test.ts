import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedPostgres, skipWithoutPostgres } from '../../../../test/fixtures/postgres.ts'
import { BATCH_SQL } from '../commit/statements.ts'
import { openPostgresStore } from '../store.ts'
import { MAINTENANCE_SQL } from '../writer.ts'
import { numbered, READER_SQL } from './reader-sql.ts'

const skip = skipWithoutPostgres

/*
 * No statement costs more because the history is longer: none reads a table that grows from end to end. The plans are
 * the generic ones, which the server uses for a prepared statement after its fifth call. They depend on statistics, so
 * the tables hold 100,000 rows.
 */

const STATEMENTS = {
  ...BATCH_SQL,
  ...MAINTENANCE_SQL,
  ...Object.fromEntries(Object.entries(READER_SQL).map(([name, sql]) => [name, numbered(sql).text])),
}

/** 25,000 devices with both families, each with two earlier addresses and two outages. */
const SEED = `
  INSERT INTO devices (name, "interval", skew_ms, secret_added)
  SELECT 'device-' || n, 300, 0, 0 FROM generate_series(1, 25000) AS n;
  INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, proof)
  SELECT id * 10 + family, '192.0.2.1', id, id + 1000, 3, '{}' FROM devices, (VALUES (4), (6)) AS families (family);
  INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof)
  SELECT id * 10 + family, '192.0.2.2', id - 1000 * age, id - 1000 * age + 500, 3, '{}'
    FROM devices, (VALUES (4), (6)) AS families (family), (VALUES (1), (2)) AS ages (age);
  INSERT INTO outages (slot, began, ended)
  SELECT id * 10, id - 1000 * age, id - 1000 * age + 500 FROM devices, (VALUES (1), (2)) AS ages (age);
  ANALYZE`

test('no statement reads a growing table from end to end', { skip }, async t => {
  const explain = await seededDatabase()
  for (const [name, sql] of Object.entries(STATEMENTS)) {
    await t.test(name, () => {
      assert.deepEqual(fullReads(explain(sql)), [])
    })
  }
})

test('a full read would be seen', { skip }, async () => {
  const explain = await seededDatabase()
  assert.deepEqual(fullReads(explain('SELECT count(*) FROM devices WHERE "interval" = $1')), ['devices'])
})

async function seededDatabase(): Promise<(sql: string) => string> {
  const server = await sharedPostgres()
  const database = server.createDatabase()
  await (await openPostgresStore(server.url(database)))[Symbol.asyncDispose]()
  server.sql(database, SEED)
  return sql => {
    const parameters = new Set(sql.match(/\$\d+/g)).size
    const values = parameters === 0 ? '' : `(${Array(parameters).fill('NULL').join(', ')})`
    return server.sql(
      database,
      `SET plan_cache_mode = force_generic_plan; PREPARE asked AS ${sql}; EXPLAIN EXECUTE asked${values}`,
    )
  }
}

/** The tables that are read whole. `meta` and `receivers` hold a few rows whatever the history. */
function fullReads(plan: string): string[] {
  assert.match(plan, /cost=/)
  return [...plan.matchAll(/Seq Scan on (\w+)/g)]
    .map(([, table = '']) => table)
    .filter(table => table !== 'meta' && table !== 'receivers')
}
