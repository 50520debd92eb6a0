import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { createReporters, report, trafficSettings } from './faults/traffic/reporter.ts'
import type { Wire } from './faults/traffic/wire.ts'
import { openWire } from './faults/traffic/wire.ts'
import { reportOnce } from './fixtures/client-reports.ts'
import { sharedPostgres, skipWithoutPostgres } from './fixtures/postgres.ts'
import type { Environment, Server, Volumes } from './fixtures/programs.ts'
import {
  beginReceiver,
  createVolumes,
  startAdmin,
  startClient,
  startReceiver,
  startViewer,
} from './fixtures/programs.ts'
import { addDevices } from './fixtures/registry.ts'
import { secretOf } from './fixtures/stack.ts'

// Two receivers and two viewers as deployed, each in its own process, on one PostgreSQL database.

const guard = { timeout: 120_000, skip: skipWithoutPostgres }

interface Site extends AsyncDisposable {
  readonly url: string
  readonly volumes: Volumes
  readonly receivers: readonly [Server, Server]
  readonly viewers: readonly [Server, Server]
}

/** The roles are those of `database setup`: receivers write, viewers only read. */
async function openSite(settings: Environment, prepare: (volumes: Volumes) => void): Promise<Site> {
  const postgres = await sharedPostgres()
  const database = postgres.createDatabase()
  const opened = new AsyncDisposableStack()
  const volumes = opened.use(createVolumes())
  prepare(volumes)
  await using setup = startAdmin(volumes, ['database', 'setup', '--run'], {
    DATABASE_URL: postgres.url(database),
  })
  assert.equal((await setup.ended).code, 0, setup.output())
  const url = postgres.url(database, 'ipupdater_receiver')
  const receiver = async () => opened.use(await startReceiver(volumes, { DATABASE_URL: url, ...settings }))
  const viewer = async () =>
    opened.use(await startViewer(volumes, { DATABASE_URL: postgres.url(database, 'ipupdater_viewer') }))
  // Both at once, so they race to make the tables.
  const receivers = await Promise.all([receiver(), receiver()])
  const viewers = await Promise.all([viewer(), viewer()])
  return { url, volumes, receivers, viewers, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

test('both viewers show and prove a report to either receiver', guard, async t => {
  await using site = await openSite({}, volumes =>
    addDevices(volumes, [{ name: 'home', secret: secretOf('home') }]),
  )
  const results = []
  for (const { url } of site.receivers) {
    const { done, failures } = await reportOnce({ device: 'home', server: url })
    results.push([done?.result, done?.address, ...failures])
  }
  assert.deepEqual(results, [
    ['new', '127.0.0.1'],
    ['refreshed', '127.0.0.1'],
  ])
  for (const viewer of site.viewers) {
    const settings = { VIEWER_URL: viewer.url, SECRET: secretOf('home') }
    await using get = startClient(['get', 'home', '--max-age', '10m'], settings)
    assert.equal((await get.ended).code, 0, get.output())
    assert.match(get.output(), /its signature is valid/)
  }
  const [one, two] = await Promise.all(
    site.viewers.map(async ({ url }) => (await fetch(`${url}/history/home?format=json`)).json()),
  )
  assert.deepEqual(two, one)

  await t.test('the log says what acknowledged means, but no user', () => {
    const log = site.receivers[0].output()
    assert.match(log, /database open .*acknowledged="on the disk of the server"/)
    assert.doesNotMatch(log, /ipupdater_receiver/)
  })

  await t.test('doctor compares the clock with that of the database', async () => {
    const settings = { DATABASE_URL: site.url, PORT: String(site.receivers[0].port) }
    await using doctor = startAdmin(site.volumes, ['doctor'], settings)
    await doctor.ended
    assert.match(
      doctor.output(),
      /^ok +clocks +this server's clock is \d+ ms (ahead of|behind) the database's/m,
    )
    assert.match(doctor.output(), /^ok +receiver +is ready/m)
  })
})

test('/ip may go to one receiver and /update to the other', guard, async () => {
  await using site = await openSite({ ...trafficSettings, CLOCK_TOLERANCE: '2s' }, volumes =>
    createReporters(volumes, 1),
  )
  using unused = createVolumes()
  const [reporter] = createReporters(unused, 1)
  assert.ok(reporter)
  const [first, second] = site.receivers.map(({ port }) => openWire(port)) as [Wire, Wire]
  const across: Wire = {
    post: (message, signer, from) =>
      (message.request.tag === 'ipupdater-ip' ? first : second).post(message, signer, from),
    [Symbol.dispose]() {
      first[Symbol.dispose]()
      second[Symbol.dispose]()
    },
  }
  using _ = across
  assert.equal(await report(reporter, across, parseAddress('203.0.113.7')), null)
  const shown = await fetch(`${site.viewers[0].url}/getip/${reporter.device}`)
  assert.equal((await shown.text()).trim(), '203.0.113.7')
})

test('an unreachable database is named only by host, port and database', guard, async () => {
  using volumes = createVolumes()
  const url = 'postgres://user:hush-hush@127.0.0.1:1/ip'
  await using receiver = beginReceiver(volumes, { DATABASE_URL: url })
  assert.notEqual((await receiver.ended).code, 0)
  await using doctor = startAdmin(volumes, ['doctor'], { DATABASE_URL: url })
  assert.equal((await doctor.ended).code, 1)
  for (const { output } of [receiver, doctor]) {
    assert.match(output(), /127\.0\.0\.1:1\/ip does not answer/)
    assert.doesNotMatch(output(), /hush|user:/)
  }
})

test('backup and restore refer to PostgreSQL\u2019s own tools', guard, async () => {
  using volumes = createVolumes()
  for (const command of ['backup', 'restore']) {
    await using admin = startAdmin(volumes, [command, 'file'], { DATABASE_URL: 'postgres://db/ip' })
    assert.equal((await admin.ended).code, 2)
    assert.match(admin.output(), /the addresses are in PostgreSQL.*\nWhat to do: use pg_dump/)
  }
})
