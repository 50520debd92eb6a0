import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, sqliteFile } from '@ipupdater/storage'
import type { Server, Service } from '../docker/server.ts'
import { startServer } from '../docker/server.ts'
import { createVolumes } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { docker, eventually } from '../fixtures/shell.ts'
import { report } from './counts.ts'
import { assertHistory, assertSound, countLost, settle } from './traffic/agreement.ts'
import type { Reporter } from './traffic/reporter.ts'
import { createReporters, report as sendReport, trafficSettings } from './traffic/reporter.ts'
import { momentUnderLoad, startTraffic } from './traffic/traffic.ts'
import { isOfKill, watch } from './traffic/watch.ts'
import { openWire } from './traffic/wire.ts'

/** Local requests to a published port come from Docker's gateway. */
const GATEWAYS = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fd69:7075:7064:7e57::/64'
const MOST_MS_UNDER_LOAD = 600

/** Either `docker kill` and a manual start, or its processes die and Docker restarts it. */
const kills: readonly ((container: Container) => Promise<void>)[] = [
  async container => {
    await docker('kill', container.id)
    await docker('start', container.id)
    await isReady(container)
  },
  async container => {
    const before = await startedAt(container)
    await docker('exec', container.id, 'sh', '-c', 'kill -9 -1').catch(() => {}) // also kills this shell
    await eventually(async () => assert.notEqual(await startedAt(container), before))
    await isReady(container)
  },
]

test('a killed container loses nothing acknowledged, and the other one goes on', async t => {
  const seed = 20_261_145
  const random = createRandom(seed)
  t.diagnostic(`seed ${seed}`)
  await using server = await startServer({ ...trafficSettings, TRUSTED_PROXIES: GATEWAYS })
  const [receiver, viewer] = [await containerOf(server, 'receiver'), await containerOf(server, 'viewer')]
  const reporters = await register(receiver, 8)
  const dataDir = await volumeOf(receiver, '/data')
  await using reader = openReader({ sqlite: sqliteFile(dataDir) })
  {
    await using first = startTraffic(reporters, receiver.port, random)
    await first.underWay
  }

  await t.test('the receiver', async t => {
    const counts = { kills: 12, acknowledged: 0, onDiskUnanswered: 0 }
    await using watching = watch(viewer.url, reporters)
    for (let kill = 0; kill < counts.kills; kill++) {
      await using traffic = startTraffic(reporters, receiver.port, random)
      await momentUnderLoad(traffic, random, MOST_MS_UNDER_LOAD)
      await kills[kill % kills.length]?.(receiver)
      await traffic.ended
      counts.acknowledged += traffic.acknowledged()
      counts.onDiskUnanswered += await settle(reporters, reader)
      await assertSound({ dataDir })
    }
    await watching.round()
    await watching.stop()
    const lost = await countLost(reporters, reader)
    const seen = { viewerAnswers: watching.answers(), viewerWrong: watching.wrong.length }
    report(t, 'crash-container-receiver', { ...counts, lost, ...seen })
    assert.deepEqual([lost, watching.wrong.slice(0, 5)], [0, []])
    await assertHistory(reporters, reader)
  })

  await t.test('the viewer', async t => {
    const counts = { kills: 12, answers: 0 }
    await using traffic = startTraffic(reporters, receiver.port, random)
    for (let kill = 0; kill < counts.kills; kill++) {
      await using watching = watch(viewer.url, reporters)
      await sleep(random.below(MOST_MS_UNDER_LOAD))
      const killed = kills[kill % kills.length]?.(viewer)
      await watching.stop()
      await killed
      counts.answers += watching.answers()
      assert.deepEqual(
        watching.wrong.filter(complaint => !isOfKill(complaint)),
        [],
      )
    }
    await traffic.stop()
    const { 'not-newer': _sameMillisecond, ...refused } = traffic.refused()
    const acknowledged = traffic.acknowledged()
    report(t, 'crash-container-viewer', { ...counts, acknowledged, refused: Object.keys(refused).length })
    assert.deepEqual(refused, {})
    await assertHistory(reporters, reader)
  })
})

interface Container {
  readonly id: string
  readonly port: number
  readonly url: string
}

async function containerOf(server: Server, service: Service): Promise<Container> {
  const port = service === 'receiver' ? server.receiverPort : server.viewerPort
  return { id: await server.container(service), port, url: `http://127.0.0.1:${port}` }
}

/** Adds them to the running receiver's registry. */
async function register({ id, port }: Container, count: number): Promise<Reporter[]> {
  using volumes = createVolumes()
  const reporters = createReporters(volumes, count) as [Reporter, ...Reporter[]]
  const registry = readFileSync(join(volumes.keysDir, 'devices.jsonl'), 'utf8')
  await docker('exec', id, 'sh', '-c', 'umask 077; printf %s "$0" >/keys/devices.jsonl', registry)
  const [first] = reporters
  using wire = openWire(port)
  // Until it is read.
  await eventually(async () => assert.equal(await sendReport(first, wire, first.newAddress()), null))
  return reporters
}

/** The host path of the volume that is mounted at `at`. */
async function volumeOf({ id }: Container, at: string): Promise<string> {
  const template = `{{range .Mounts}}{{if eq .Destination "${at}"}}{{.Source}}{{end}}{{end}}`
  return (await docker('inspect', '--format', template, id)).trim()
}

function startedAt({ id }: Container): Promise<string> {
  return docker('inspect', '--format', '{{.State.StartedAt}}', id)
}

function isReady({ url }: Container): Promise<void> {
  return eventually(async () => assert.equal((await fetch(`${url}/readyz`)).status, 200))
}
