import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reader } from '@ipupdater/storage'
import { openReader } from '@ipupdater/storage'
import { PostgresServer } from '../fixtures/postgres.ts'
import { createVolumes, startReceiver, startViewer } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { report } from './counts.ts'
import type { Cut } from './network/database-link.ts'
import { openDatabaseLink } from './network/database-link.ts'
import { assertHistory, countLost, settle } from './traffic/agreement.ts'
import type { Reporter } from './traffic/reporter.ts'
import { createReporters, trafficSettings } from './traffic/reporter.ts'
import { momentUnderLoad, startTraffic } from './traffic/traffic.ts'
import { watch } from './traffic/watch.ts'

const KILLS = 20
/** A silence lasts until the receiver's timeout. */
const CUTS: readonly Cut[] = [...Array<Cut>(8).fill('reset'), ...Array<Cut>(2).fill('silence')]

test('if one of two receivers is killed, the other goes on, and nothing acknowledged is lost', async t => {
  const seed = 20_261_129
  const random = createRandom(seed)
  using volumes = createVolumes()
  await using postgres = await PostgresServer.start()
  const url = postgres.url(postgres.createDatabase())
  const settings = { ...trafficSettings, DATABASE_URL: url }
  const reporters = createReporters(volumes, 12)
  const [some, others] = [reporters.slice(0, 6), reporters.slice(6)]
  await using reader = openReader({ postgres: url })
  await using staying = await startReceiver(volumes, settings)
  await using viewer = await startViewer(volumes, { DATABASE_URL: url })
  {
    await using traffic = startTraffic(reporters, staying.port, random)
    await traffic.underWay
  }
  await using watching = watch(viewer.url, others)
  let [acknowledged, takenOver, unanswered] = [0, 0, 0]
  for (let kill = 0; kill < KILLS; kill++) {
    await using victim = await startReceiver(volumes, settings)
    await using alongside = startTraffic(others, staying.port, random)
    const traffic = startTraffic(some, victim.port, random)
    await momentUnderLoad(traffic, random)
    victim.child.kill('SIGKILL')
    await victim.ended
    await traffic.ended
    unanswered += await settle(some, reader)
    // Its devices move to the other one, as with a proxy in front.
    const after = startTraffic(some, staying.port, random)
    await after.underWay
    await after.stop()
    await alongside.stop()
    acknowledged += traffic.acknowledged() + alongside.acknowledged()
    takenOver += after.acknowledged()
    for (const { refused } of [traffic, after, alongside]) {
      const { 'not-newer': _tooSoon, ...more } = refused()
      assert.deepEqual(more, {})
    }
  }
  await watching.round()
  await watching.stop()
  const lost = await countLost(reporters, reader)
  t.diagnostic(`seed ${seed}`)
  report(t, 'crash-one-receiver-of-two', {
    kills: KILLS,
    acknowledged,
    takenOver,
    onDiskUnanswered: unanswered,
    lost,
    viewerAnswers: watching.answers(),
    viewerWrong: watching.wrong.length,
  })
  assert.deepEqual(watching.wrong.slice(0, 5), [])
  assert.equal(lost, 0)
  await assertHistory(reporters, reader)
})

test('if the database server is killed, the receiver goes on once it is back, and nothing acknowledged is lost', async t => {
  const seed = 20_261_130
  const random = createRandom(seed)
  using volumes = createVolumes()
  await using postgres = await PostgresServer.start()
  const url = postgres.url(postgres.createDatabase())
  const reporters = createReporters(volumes, 12)
  await using reader = openReader({ postgres: url })
  await using receiver = await startReceiver(volumes, { ...trafficSettings, DATABASE_URL: url })
  let [acknowledged, unanswered] = [0, 0]
  for (let kill = 0; kill < KILLS; kill++) {
    const traffic = startTraffic(reporters, receiver.port, random)
    await momentUnderLoad(traffic, random)
    const [killed, stopped] = [postgres.stop('KILL'), traffic.stop()]
    await killed
    await stopped
    await postgres.run()
    unanswered += await settleRefused(reporters, reader)
    acknowledged += traffic.acknowledged()
    const { 'not-newer': _tooSoon, 'storage-unavailable': _down, ...more } = traffic.refused()
    assert.deepEqual(more, {})
  }
  const lost = await countLost(reporters, reader)
  t.diagnostic(`seed ${seed}`)
  report(t, 'crash-database-server', { kills: KILLS, acknowledged, onDiskUnanswered: unanswered, lost })
  assert.equal(lost, 0)
  await assertHistory(reporters, reader)
})

test('if a receiver loses its database connection, the other goes on, and nothing acknowledged is lost', async t => {
  const seed = 20_261_131
  const random = createRandom(seed)
  using volumes = createVolumes()
  await using postgres = await PostgresServer.start()
  const database = postgres.createDatabase()
  const url = postgres.url(database)
  await using link = await openDatabaseLink(postgres.socket)
  const reporters = createReporters(volumes, 12)
  const [some, others] = [reporters.slice(0, 6), reporters.slice(6)]
  await using reader = openReader({ postgres: url })
  await using staying = await startReceiver(volumes, { ...trafficSettings, DATABASE_URL: url })
  await using cutOff = await startReceiver(volumes, {
    ...trafficSettings,
    DATABASE_URL: `postgres://postgres@127.0.0.1:${link.port}/${database}`,
  })
  let [acknowledged, meanwhile, unanswered, putOff] = [0, 0, 0, 0]
  for (const how of CUTS) {
    await using alongside = startTraffic(others, staying.port, random)
    const traffic = startTraffic(some, cutOff.port, random)
    await momentUnderLoad(traffic, random)
    link.cut(how)
    await traffic.heard('storage-unavailable', 1)
    assert.equal((await fetch(`${cutOff.url}/readyz`)).status, 503)
    const stopped = traffic.stop()
    const before = alongside.acknowledged()
    await stopped
    await alongside.heard('acknowledged', before + 10)
    await alongside.stop()
    await link.repair()
    unanswered += await settleRefused(some, reader)
    acknowledged += traffic.acknowledged()
    meanwhile += alongside.acknowledged()
    const { 'not-newer': _tooSoon, 'storage-unavailable': down = 0, ...more } = traffic.refused()
    putOff += down
    assert.deepEqual(more, {})
    const { 'not-newer': _alsoTooSoon, ...ofOthers } = alongside.refused()
    assert.deepEqual(ofOthers, {})
  }
  const lost = await countLost(reporters, reader)
  t.diagnostic(`seed ${seed}`)
  report(t, 'cut-from-database', {
    cuts: CUTS.length,
    acknowledged,
    meanwhile,
    putOff,
    onDiskUnanswered: unanswered,
    lost,
  })
  assert.equal(lost, 0)
  await assertHistory(reporters, reader)
})

/**
 * If the database's answer to a commit is lost, the receiver must refuse the update, but it may be in the database.
 *
 * @returns how many are
 */
async function settleRefused(reporters: readonly Reporter[], reader: Reader): Promise<number> {
  let recorded = 0
  for (const { device, book } of reporters) {
    const stored = (await reader.currentOf(device))?.[0]
    const inDoubt = book.find(({ fate, timestamp }) => fate === 'refused' && timestamp === stored?.lastSeen)
    if (inDoubt === undefined) continue
    inDoubt.fate = 'recorded'
    recorded++
  }
  return recorded + (await settle(reporters, reader))
}
