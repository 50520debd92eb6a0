import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from 'pg'
import type { DeviceState, EncodedReport } from '../../decide.ts'
import { decide, encodeReport } from '../../decide.ts'
import { report } from '../../fixtures/reports.ts'
import { Cluster, skipWithoutPostgres } from '../fixtures/cluster.ts'
import { commitBatch } from './commit-batch.ts'
import { BATCH_SQL } from './statements.ts'

test('eight writers at once store what a replay of the acknowledged reports gives', {
  skip: skipWithoutPostgres,
}, async () => {
  using cluster = new Cluster()
  const database = await cluster.database()
  const accepted: EncodedReport[] = []
  const write = async (writer: number) => {
    const client = await cluster.connect(database)
    for (let round = 0; round < 40; round++) {
      const batch = Array.from({ length: 30 }, (_, index) => mixed(writer, round, index))
      let outcomes = await commitBatch(batch, client)
      while (outcomes === null) outcomes = await commitBatch(batch, client)
      for (const [index, outcome] of outcomes.entries()) {
        if (!('refused' in outcome) && !outcome.repeated) accepted.push(batch[index] as EncodedReport)
      }
    }
    await client.end()
  }
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(write))

  assert.ok(accepted.length > 500, `${accepted.length} accepted`)
  const client = await cluster.connect(database)
  const rows = await stored(client)
  await client.end()
  assert.deepEqual(rows, replay(accepted))
})

test('no statement of a batch reads a whole table of devices or tenures', {
  skip: skipWithoutPostgres,
}, async () => {
  using cluster = new Cluster()
  const client = await cluster.connect(await cluster.database())
  await client.query(`INSERT INTO devices (name, skew_ms, secret_added)
    SELECT 'd' || n, 0, 0 FROM generate_series(1, 100000) AS n`)
  await client.query(`INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, proof)
    SELECT n * 10 + 4, '192.0.2.1', n, n, 1, '{}' FROM generate_series(1, 100000) AS n`)
  await client.query('ANALYZE')
  await client.query('SET plan_cache_mode = force_generic_plan')
  for (const [name, text] of Object.entries(BATCH_SQL)) {
    await client.query(`PREPARE "${name}" (text) AS ${text}`)
    const { rows } = await client.query<Record<string, string>>(`EXPLAIN EXECUTE "${name}"('[]')`)
    const plan = rows.flatMap(row => Object.values(row)).join('\n')
    assert.doesNotMatch(plan, /Seq Scan on (?!meta)/, `${name}:\n${plan}`) // meta has three rows
  }
  await client.end()
})

/** Timestamps of the writers overlap and are out of order; each is unique, so that the order of a replay is, too. */
function mixed(writer: number, round: number, index: number): EncodedReport {
  const shuffled = (index * 7 + writer * 11) % 30
  const at = 1_000_000 + round * 240 + shuffled * 8 + writer
  const device = `d${(index * 13 + round * 5 + writer) % 60}`
  return encodeReport(report(at, { device, address: `192.0.2.${(writer + round) % 4}` }))
}

function replay(accepted: readonly EncodedReport[]): string[] {
  const states = new Map<string, DeviceState>()
  const rows: string[] = []
  for (const next of [...accepted].sort((a, b) => a.at - b.at)) {
    const { outcome, state, closed } = decide(states.get(next.device) ?? null, next, 0)
    assert.ok(!('refused' in outcome))
    if (state !== null) states.set(next.device, state)
    if (closed !== null) {
      rows.push(
        `${next.device} ${closed.address} ${closed.firstSeen} ${closed.lastSeen} ${closed.confirmations}`,
      )
    }
  }
  for (const [name, { tenures }] of states) {
    const tenure = tenures[4]
    if (tenure === null) continue
    rows.push(`${name} ${tenure.address} ${tenure.firstSeen} ${tenure.lastSeen} ${tenure.confirmations}`)
  }
  return rows.sort()
}

async function stored(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ row: string }>(`
    SELECT concat_ws(' ', name, address, first_seen, last_seen, confirmations) AS row
      FROM (SELECT slot, address, first_seen, last_seen, confirmations FROM closed_tenures
            UNION ALL SELECT id, address, first_seen, last_seen, confirmations FROM open_tenures) AS t
      JOIN devices ON devices.id = slot / 10`)
  return rows.map(({ row }) => row).sort()
}
