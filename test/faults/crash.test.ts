import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { mountReadOnly } from '../fixtures/mounts.ts'
import type { Server, Volumes } from '../fixtures/programs.ts'
import { beginReceiver, createVolumes, startReceiver, startViewer } from '../fixtures/programs.ts'
import type { Random } from '../fixtures/random.ts'
import { createRandom } from '../fixtures/random.ts'
import { report } from './counts.ts'
import { assertHistory, assertSound, countLost, settle } from './traffic/agreement.ts'
import type { Reporter } from './traffic/reporter.ts'
import { createReporters, trafficSettings } from './traffic/reporter.ts'
import { MOST_MS_UNDER_LOAD, momentUnderLoad, startTraffic } from './traffic/traffic.ts'
import type { Watch } from './traffic/watch.ts'
import { isOfKill, watch } from './traffic/watch.ts'

const REPORTERS = 12
/** A little more than from a receiver's first log line until it is ready. */
const MOST_MS_OF_START = 150

test('a killed receiver loses nothing acknowledged, and the viewer always answers', async t => {
  const seeds = [20_261_125, 20_261_126] as const
  const [watched, alone] = await Promise.all([
    killBesideViewer(createRandom(seeds[0]), 55),
    killAlone(createRandom(seeds[1]), 55),
  ])
  const sum = (of: (toll: Toll) => number) => of(watched) + of(alone)
  t.diagnostic(`seeds ${seeds.join(', ')}`)
  report(t, 'crash-receiver', {
    killsUnderLoad: sum(toll => toll.killsUnderLoad),
    killsAtStart: sum(toll => toll.killsAtStart),
    acknowledged: sum(toll => toll.acknowledged),
    lost: sum(toll => toll.lost),
    onDiskUnanswered: sum(toll => toll.unanswered),
    viewerAnswers: watched.viewer.answers(),
    viewerWrong: watched.viewer.wrong.length,
  })
  assert.deepEqual(watched.viewer.wrong.slice(0, 5), [])
  assert.ok(sum(toll => toll.killsUnderLoad) >= 100)
  assert.ok(sum(toll => toll.unanswered) > 0, 'no kill hit between the commit and the answer')
})

test('a receiver killed while it makes its database makes it at the next start', async t => {
  const seed = 20_261_127
  const random = createRandom(seed)
  const kills = 16
  for (let kill = 0; kill < kills; kill += 2) {
    using volumes = createVolumes()
    const reporters = createReporters(volumes, 2)
    await killAtStart(volumes, random)
    await killAtStart(volumes, random)
    await using receiver = await startReceiver(volumes, trafficSettings)
    const traffic = startTraffic(reporters, receiver.port, random)
    await traffic.underWay
    await traffic.stop()
    await assertSound(volumes)
  }
  t.diagnostic(`seed ${seed}`)
  report(t, 'crash-first-start', { kills, broken: 0 })
})

test('a killed viewer is correct after its restart, and the receiver goes on', async t => {
  const seed = 20_261_128
  const random = createRandom(seed)
  using volumes = createVolumes()
  const reporters = createReporters(volumes, REPORTERS)
  using shared = mountReadOnly(volumes.dataDir)
  await using receiver = await startReceiver(volumes, trafficSettings)
  const traffic = startTraffic(reporters, receiver.port, random)
  await traffic.underWay
  const kills = 20
  let answers = 0
  for (let kill = 0; kill < kills; kill++) {
    await using viewer = await startViewer({ ...volumes, dataDir: shared.dir })
    const watching = watch(viewer.url, reporters)
    await sleep(random.below(MOST_MS_UNDER_LOAD))
    viewer.child.kill('SIGKILL')
    await viewer.ended
    await watching.stop()
    answers += watching.answers()
    assert.deepEqual(
      watching.wrong.filter(complaint => !isOfKill(complaint)),
      [],
    )
  }
  await traffic.stop()
  t.diagnostic(`seed ${seed}`)
  const acknowledged = traffic.acknowledged()
  const refused = Object.values(traffic.refused()).reduce((sum, count) => sum + count, 0)
  report(t, 'crash-viewer', { kills, answers, acknowledged, refused })
  assert.equal(refused, 0)
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  await assertHistory(reporters, reader)
})

interface Toll {
  killsUnderLoad: number
  killsAtStart: number
  acknowledged: number
  lost: number
  /** Updates that were on disk, but not yet answered, at the kill. */
  unanswered: number
}

const noToll = (): Toll => ({ killsUnderLoad: 0, killsAtStart: 0, acknowledged: 0, lost: 0, unanswered: 0 })

/** As deployed: next to a viewer with a read-only mount that gets requests all the time. */
async function killBesideViewer(random: Random, kills: number): Promise<Toll & { viewer: Watch }> {
  using volumes = createVolumes()
  const reporters = createReporters(volumes, REPORTERS)
  using shared = mountReadOnly(volumes.dataDir)
  await using viewer = await startViewer({ ...volumes, dataDir: shared.dir })
  await using reader = openReader({ sqlite: sqliteFile(shared.dir) })
  const toll = noToll()
  await using watching = await firstReports()
  while (toll.killsUnderLoad < kills) {
    await using receiver = await startReceiver(volumes, trafficSettings)
    await killUnderLoad(receiver, reporters, random, toll)
    await assertSound(volumes)
    toll.unanswered += await settle(reporters, reader)
    if (random.oneIn(4)) toll.killsAtStart += await killAtStart(volumes, random)
  }
  await watching.round()
  await watching.stop()
  toll.lost = await countLost(reporters, reader)
  await assertHistory(reporters, reader)
  return { ...toll, viewer: watching }

  /** Before these, the viewer has nothing to show. */
  async function firstReports(): Promise<Watch> {
    await using receiver = await startReceiver(volumes, trafficSettings)
    await using traffic = startTraffic(reporters, receiver.port, random)
    await traffic.underWay
    return watch(viewer.url, reporters)
  }
}

/** No other process has the database open, so the next receiver recovers it. */
async function killAlone(random: Random, kills: number): Promise<Toll> {
  using volumes = createVolumes()
  const reporters = createReporters(volumes, REPORTERS)
  const toll = noToll()
  const check = async () => {
    await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
    toll.unanswered += await settle(reporters, reader)
    toll.lost = await countLost(reporters, reader)
    await assertSound(volumes)
  }
  while (toll.killsUnderLoad < kills) {
    await using receiver = await startReceiver(volumes, trafficSettings)
    await check()
    await killUnderLoad(receiver, reporters, random, toll)
    if (random.oneIn(4)) toll.killsAtStart += await killAtStart(volumes, random)
  }
  await check()
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  await assertHistory(reporters, reader)
  return toll
}

async function killUnderLoad(
  receiver: Server,
  reporters: readonly Reporter[],
  random: Random,
  toll: Toll,
): Promise<void> {
  const traffic = startTraffic(reporters, receiver.port, random)
  await momentUnderLoad(traffic, random)
  receiver.child.kill('SIGKILL')
  await receiver.ended
  await traffic.ended
  toll.killsUnderLoad += 1
  toll.acknowledged += traffic.acknowledged()
  // Only the second of two reports of a device in one millisecond is refused.
  const { 'not-newer': _tooSoon, ...refused } = traffic.refused()
  assert.deepEqual(refused, {})
}

/** @returns 1, the kill */
async function killAtStart(volumes: Volumes, random: Random): Promise<1> {
  const receiver = beginReceiver(volumes, trafficSettings)
  await receiver.printed(/starting/)
  await sleep(random.below(MOST_MS_OF_START))
  receiver.child.kill('SIGKILL')
  await receiver.ended
  return 1
}
