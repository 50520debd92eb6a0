import assert from 'node:assert/strict'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReader, sqliteFile } from '@ipupdater/storage'
import type { Server, Volumes } from '../fixtures/programs.ts'
import { createVolumes, startReceiver } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { report } from './counts.ts'
import { age, movers } from './old-addresses.ts'
import { assertHistory, assertSound } from './traffic/agreement.ts'
import { createReporters, trafficSettings } from './traffic/reporter.ts'
import { startTraffic } from './traffic/traffic.ts'

const settings = { ...trafficSettings, RETENTION: '1d' }
const DAY = 86_400_000

test('old tenures are deleted under load, no update is refused, and current addresses stay', async t => {
  const seed = 20_261_161
  const old = 20_000
  using volumes = createVolumes()
  const reporters = createReporters(volumes, 8)
  await age(volumes, Date.now() - 100 * DAY, old / movers.length)
  await using receiver = await startReceiver(volumes, settings)
  await using traffic = startTraffic(reporters, receiver.port, createRandom(seed))
  await traffic.underWay
  const deleted = await pruned(receiver)
  await traffic.stop()
  const { 'not-newer': _sameMillisecond, ...refused } = traffic.refused()
  t.diagnostic(`seed ${seed}`)

  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  let kept = 0
  for (const device of movers) {
    const page = await reader.history({ device, limit: 10 })
    kept += (await reader.currentOf(device))?.length ?? 0
    assert.deepEqual(
      page?.entries.map(entry => entry.kind === 'tenure' && entry.open),
      [true],
    )
  }
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0)
  const meanwhile = { acknowledged: traffic.acknowledged(), refused: refusals }
  report(t, 'retention-prunes', { old, deleted, currentKept: kept, ...meanwhile })
  assert.deepEqual([deleted, kept, refused], [old, movers.length, {}])
  await assertHistory(reporters, reader)
  await assertSound(volumes)
})

test('at a steady number of rows the files stop growing', async t => {
  using volumes = createVolumes()
  createReporters(volumes, 1)
  const rounds = 8
  const rows = 1_600
  const sizes: number[] = []
  for (let round = 0; round < rounds; round++) {
    // The next round closes this round's open tenures.
    await age(volumes, Date.now() - (100 - round) * DAY, rows / movers.length)
    {
      await using receiver = await startReceiver(volumes, settings)
      const deleted = await pruned(receiver)
      assert.equal(deleted, round === 0 ? rows : rows + movers.length)
    }
    sizes.push(bytesIn(volumes))
  }
  const [first = 0] = sizes
  const last = sizes.at(-1) ?? 0
  t.diagnostic(`bytes ${sizes.join(', ')}`)
  const grown = last - (sizes.at(-5) ?? 0)
  report(t, 'retention-plateau', { rounds, rowsARound: rows, firstBytes: first, lastBytes: last, grown })
  assert.ok(grown <= SLACK, `the last four rounds added ${grown} bytes`)
  assert.ok(last <= 1.1 * first)
  await assertSound(volumes)
})

/** A few pages, because index layouts differ. */
const SLACK = 16 * 4096

/** Waits for the deletion. @returns the deleted entries */
async function pruned(receiver: Server): Promise<number> {
  const [, entries] = await receiver.printed(/old entries deleted.*entries=(\d+)/)
  return Number(entries)
}

function bytesIn({ dataDir }: Volumes): number {
  return globSync(join(dataDir, 'ipupdater.sqlite*')).reduce((sum, file) => sum + statSync(file).size, 0)
}
