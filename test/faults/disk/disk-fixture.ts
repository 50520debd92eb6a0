import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { mountReadOnly } from '../../fixtures/mounts.ts'
import type { Program, Server, Volumes } from '../../fixtures/programs.ts'
import {
  createVolumes,
  startAdmin,
  startClient,
  startReceiver,
  startViewer,
} from '../../fixtures/programs.ts'
import type { Random } from '../../fixtures/random.ts'
import { createRandom } from '../../fixtures/random.ts'
import type { Counts } from '../counts.ts'
import { report as writeCounts } from '../counts.ts'
import { assertHistory, assertSound, countLost } from '../traffic/agreement.ts'
import type { Reporter } from '../traffic/reporter.ts'
import { createReporters, report, trafficSettings } from '../traffic/reporter.ts'
import type { Traffic } from '../traffic/traffic.ts'
import { startTraffic } from '../traffic/traffic.ts'
import type { Watch } from '../traffic/watch.ts'
import { watch } from '../traffic/watch.ts'
import { openWire } from '../traffic/wire.ts'

/** A receiver and a viewer on a volume of which something is about to happen. */
export interface DiskFixture extends AsyncDisposable {
  readonly volumes: Volumes
  readonly reporters: readonly [Reporter, ...Reporter[]]
  readonly receiver: Server
  readonly viewer: Server
  traffic(): Traffic
  /** Lets everybody report, by default a hundred times to the first receiver. All of it must be acknowledged. */
  work(receiver?: Server, times?: number): Promise<void>
  /** Lets everybody report until there is no more space. How many reports were put off. */
  fill(): Promise<number>
  /** One report of the first of them: the code of its refusal, or null. */
  reportOnce(): Promise<string | null>
  /** Stops viewer and receiver, which leaves the database in one file. */
  close(): Promise<void>
  /** What the viewer answers for the first of them: the address, or the code of the problem. */
  look(viewer?: Server): Promise<{ status: number; says: string }>
  /** The real client, which has been put off once, and goes on trying. */
  waitingClient(): Promise<Program>
  /** Someone who asks the viewer all the time from now on. */
  watch(): Watch
  /** The database is sound and holds what was acknowledged, and who watches sees so. Adds it to the counts. */
  agree(t: TestContext, name: string, watching?: Watch, counts?: Counts): Promise<void>
}

export interface DiskFixtureOptions {
  /** Is given the empty place, to put a volume there. What it returns is disposed of last. */
  readonly prepare?: (volumes: Volumes) => Disposable
  /** The viewer has the same mount as the receiver, and not a read-only one of its own. */
  readonly oneMount?: boolean
}

export async function openDiskFixture(
  seed: number,
  { prepare, oneMount }: DiskFixtureOptions = {},
): Promise<DiskFixture> {
  await using opening = new AsyncDisposableStack()
  const random: Random = createRandom(seed)
  const volumes = opening.use(createVolumes())
  if (prepare !== undefined) opening.use(prepare(volumes))
  const shared = oneMount ? { dir: volumes.dataDir } : opening.use(mountReadOnly(volumes.dataDir))
  // The guest is for the real client, which keeps no book.
  const [guest, ...others] = createReporters(volumes, 5) as [Reporter, ...Reporter[]]
  const reporters = others as [Reporter, ...Reporter[]]
  const receiver = opening.use(await startReceiver(volumes, trafficSettings))
  const viewer = opening.use(await startViewer({ dataDir: shared.dir }))
  const resources = opening.move()

  const traffic = (to = receiver) => startTraffic(reporters, to.port, random)
  return {
    volumes,
    reporters,
    receiver,
    viewer,
    traffic,
    async work(to, times = 100) {
      await using working = traffic(to)
      await working.heard('acknowledged', times)
      await working.stop()
      const { 'not-newer': _sameMillisecond, ...refused } = working.refused()
      assert.deepEqual(refused, {})
    },
    async fill() {
      await using filling = traffic()
      await filling.heard('storage-unavailable', 50)
      await filling.stop()
      return filling.refused()['storage-unavailable'] ?? 0
    },
    async close() {
      await viewer[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
    async look(at = viewer) {
      const answer = await fetch(`${at.url}/getip/${reporters[0].device}?format=json`)
      const { code, addresses } = (await answer.json()) as {
        code?: string
        addresses?: { address: string }[]
      }
      return { status: answer.status, says: code ?? addresses?.[0]?.address ?? '' }
    },
    async waitingClient() {
      const { device, secret } = guest as Reporter
      // 127.0.0.0/8 are proxies here, which have to name a client.
      const server = `http://[::1]:${receiver.port}`
      const identity = { SERVER_URL: server, DEVICE: device, SECRET: secret, FAMILY: '6' }
      const client = startClient(['update', '--json', '--retry-for', '60s'], identity)
      resources.use(client)
      await client.printed(/"code":"storage-unavailable"/)
      return client
    },
    watch: () => resources.use(watch(viewer.url, reporters)),
    async reportOnce() {
      using wire = openWire(receiver.port)
      return await report(reporters[0], wire, reporters[0].newAddress())
    },
    async agree(t, name, watching = watch(viewer.url, reporters), counts = {}) {
      await watching.round()
      await watching.stop()
      const acknowledged = reporters.flatMap(({ book }) => book).filter(sent => sent.fate === 'acknowledged')
      await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
      const lost = await countLost(reporters, reader)
      const seen = { viewerAnswers: watching.answers(), viewerWrong: watching.wrong.length }
      writeCounts(
        t,
        name,
        added(name, { cases: 1, acknowledged: acknowledged.length, lost, ...counts, ...seen }),
      )
      assert.deepEqual(watching.wrong.slice(0, 5), [])
      await assertHistory(reporters, reader)
      await assertSound(volumes)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

const sums = new Map<string, Record<string, number>>()

/** With those of the same name before. */
function added(name: string, counts: Counts): Counts {
  const sum = sums.get(name) ?? {}
  sums.set(name, sum)
  for (const [what, count] of Object.entries(counts)) sum[what] = (sum[what] ?? 0) + count
  return sum
}

/** `ipupdater-admin ARGS`, to its good end. What it prints. */
export async function admin(volumes: Volumes, ...args: readonly string[]): Promise<string> {
  const program = startAdmin(volumes, args)
  const { code } = await program.ended
  assert.equal(code, 0, program.output())
  return program.output()
}
