import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithoutPostgres } from '../../../../test/fixtures/postgres.ts'
import type { DeviceState, EncodedReport } from '../../decide.ts'
import { decide, encodeReport } from '../../decide.ts'
import { report } from '../../fixtures/reports.ts'
import type { DedicatedConnection } from '../connection.ts'
import { connectionTo } from '../fixtures/connection.ts'
import { newDatabase, storeOn } from '../fixtures/database.ts'
import { commitBatch } from './commit-batch.ts'

test('eight writers at once store what a replay of the acknowledged reports gives', {
  skip: skipWithoutPostgres,
}, async t => {
  const url = await newDatabase()
  await storeOn(t, url)
  const accepted: EncodedReport[] = []
  const write = async (writer: number) => {
    const connection = await connectionTo(t, url)
    for (let round = 0; round < 40; round++) {
      const batch = Array.from({ length: 30 }, (_, index) => mixed(writer, round, index))
      const outcomes = await commitBatch(batch, { connection, assertSchema: () => {} })
      for (const [index, outcome] of outcomes.entries()) {
        if (!('refused' in outcome) && !outcome.repeated) accepted.push(batch[index] as EncodedReport)
      }
    }
  }
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(write))

  assert.ok(accepted.length > 500, `${accepted.length} accepted`)
  assert.deepEqual(await stored(await connectionTo(t, url)), replay(accepted))
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

async function stored(connection: DedicatedConnection): Promise<string[]> {
  const rows = await connection.query<{ row: string }>(`
    SELECT concat_ws(' ', name, address, first_seen, last_seen, confirmations) AS row
      FROM (SELECT slot, address, first_seen, last_seen, confirmations FROM closed_tenures
            UNION ALL SELECT id, address, first_seen, last_seen, confirmations FROM open_tenures) AS t
      JOIN devices ON devices.id = slot / 10`)
  return rows.map(({ row }) => row).sort()
}
