import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { mountReadOnly } from '../fixtures/mounts.ts'
import type { Program, Server } from '../fixtures/programs.ts'
import { beginReceiver, createVolumes, startReceiver, startViewer } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { openRaw } from '../fixtures/raw-http.ts'
import { report } from './counts.ts'
import { hold } from './disk/other-program.ts'
import { assertHistory, assertSound, countLost, databaseIn, settle } from './traffic/agreement.ts'
import { createReporters, trafficSettings } from './traffic/reporter.ts'
import { MOST_MS_UNDER_LOAD, momentUnderLoad, startTraffic } from './traffic/traffic.ts'
import { isCutShort, isOfKill, watch } from './traffic/watch.ts'

const REPORTERS = 12
/** A little more than from a receiver's first log line until it is ready. */
const MOST_MS_OF_START = 150

test('on SIGTERM under load, the receiver stops in time, and every commit is acknowledged', async t => {
  const seed = 20_261_141
  const random = createRandom(seed)
  using volumes = createVolumes()
  const reporters = createReporters(volumes, REPORTERS)
  using shared = mountReadOnly(volumes.dataDir)
  await using viewer = await startViewer({ dataDir: shared.dir })
  await using reader = openReader({ sqlite: sqliteFile(shared.dir) })
  await using watching = await firstReports()
  const stops = 15
  const counts = { stops, acknowledged: 0, halfDone: 0, slowestMs: 0 }
  for (let stop = 0; stop < stops; stop++) {
    await using receiver = await startReceiver(volumes, trafficSettings)
    await using traffic = startTraffic(reporters, receiver.port, random)
    await momentUnderLoad(traffic, random)
    counts.slowestMs = Math.max(counts.slowestMs, await stopped(receiver))
    await traffic.ended
    counts.acknowledged += traffic.acknowledged()
    counts.halfDone += await settle(reporters, reader)
    await assertSound(volumes)
  }
  await watching.round()
  await watching.stop()
  const lost = await countLost(reporters, reader)
  t.diagnostic(`seed ${seed}`)
  const seen = { viewerAnswers: watching.answers(), viewerWrong: watching.wrong.length }
  report(t, 'stop-receiver', { ...counts, lost, ...seen })
  assert.deepEqual([counts.halfDone, lost, watching.wrong.slice(0, 5)], [0, 0, []])
  await assertHistory(reporters, reader)

  /** Before these, the viewer has nothing to show. */
  async function firstReports() {
    await using receiver = await startReceiver(volumes, trafficSettings)
    await using traffic = startTraffic(reporters, receiver.port, random)
    await traffic.underWay
    return watch(viewer.url, reporters)
  }
})

test('on SIGTERM under load, the viewer stops in time and completes every answer it began', async t => {
  const random = createRandom(20_261_142)
  using volumes = createVolumes()
  const reporters = createReporters(volumes, REPORTERS)
  await using receiver = await startReceiver(volumes, trafficSettings)
  await using traffic = startTraffic(reporters, receiver.port, random)
  await traffic.underWay
  const counts = { stops: 10, answers: 0, cut: 0, slowestMs: 0 }
  for (let stop = 0; stop < counts.stops; stop++) {
    await using viewer = await startViewer(volumes)
    const watches = Array.from({ length: 8 }, () => watch(viewer.url, reporters))
    await sleep(random.below(MOST_MS_UNDER_LOAD))
    counts.slowestMs = Math.max(counts.slowestMs, await stopped(viewer))
    for (const watching of watches) {
      await watching.stop()
      counts.answers += watching.answers()
      const wrong = watching.wrong.filter(complaint => !isOfKill(complaint))
      assert.deepEqual(wrong, [])
      counts.cut += watching.wrong.filter(isCutShort).length
    }
  }
  report(t, 'stop-viewer', counts)
  assert.equal(counts.cut, 0)
})

test('on SIGTERM, neither server waits for unfinished requests or a locked database', async t => {
  using volumes = createVolumes()
  await using viewer = await startViewer(volumes)
  await using receiver = await startReceiver(volumes, trafficSettings)
  using others = createVolumes() // a database has one receiver
  const reporters = createReporters(others, 4)
  await using locked = await startReceiver(others, trafficSettings)
  await using traffic = startTraffic(reporters, locked.port, createRandom(20_261_143))
  await traffic.underWay
  await using _other = await hold('write', databaseIn(others.dataDir))
  using _halfRequest = await unfinished(viewer, 'GET /getip HTTP/1.1\r\nHost: viewer\r\n')
  using _idle = await unfinished(receiver, '')
  using _halfBody = await unfinished(
    receiver,
    'POST /update HTTP/1.1\r\nHost: receiver\r\nContent-Length: 1000\r\n\r\n{"address":',
  )
  const [viewerMs, receiverMs, heldMs] = await Promise.all([viewer, receiver, locked].map(stopped))
  await traffic.ended
  report(t, 'stop-unfinished', { viewerMs, receiverMs, heldMs } as Record<string, number>)
})

test('on SIGTERM during its start, the receiver stops, and the next one starts', async t => {
  const seed = 20_261_144
  const random = createRandom(seed)
  using volumes = createVolumes()
  createReporters(volumes, 1)
  const counts = { stops: 12, slowestMs: 0 }
  for (let stop = 0; stop < counts.stops; stop++) {
    const starting = beginReceiver(volumes, trafficSettings)
    await starting.printed(/starting/)
    await sleep(random.below(MOST_MS_OF_START))
    counts.slowestMs = Math.max(counts.slowestMs, await stopped(starting))
  }
  t.diagnostic(`seed ${seed}`)
  report(t, 'stop-start', counts)
  await using _receiver = await startReceiver(volumes, trafficSettings)
  await assertSound(volumes)
})

/** A connection on which the server has received only this. */
async function unfinished({ port, url }: Server, text: string): Promise<Disposable> {
  const connection = await openRaw(port)
  connection.socket.write(text)
  await (await fetch(`${url}/healthz`)).text() // once this is answered, the text above was read as well
  return connection
}

/** Stops it, which must succeed in time. @returns the milliseconds it took */
async function stopped(program: Program): Promise<number> {
  const began = performance.now()
  program.child.kill('SIGTERM')
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.output().slice(-2_000))
  const took = Math.round(performance.now() - began)
  assert.ok(took < 10_000, `it took ${took} ms`)
  return took
}
