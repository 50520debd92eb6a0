import assert from 'node:assert/strict'
import { chmodSync, chownSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { ProtocolError } from '@ipupdater/protocol'
import { silentLog } from '@ipupdater/runtime'
import { createApp, healthRoutes, listen } from '@ipupdater/web'
import type { AdminFixture, Ran } from '../../fixtures/admin.ts'
import { adminFixture } from '../../fixtures/admin.ts'
import { readGateways } from '../../source/docker-nat.ts'

const isRoot = process.getuid?.() === 0

/** A healthy server with one device that has just reported. */
async function healthy(t: TestContext, o: { masked?: number; check?: () => Promise<void> } = {}) {
  const place = adminFixture()
  await place.admin(['device', 'add', 'home'])
  await place.commit({})
  const app = createApp({ log: silentLog })
  app.use(healthRoutes({ check: o.check ?? (async () => {}) }))
  app.use(ctx => {
    if (ctx.path === '/metrics')
      ctx.body = `ipupdater_refusals_total{code="source-masked"} ${o.masked ?? 0}\n`
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0, log: silentLog })
  t.after(() => server[Symbol.asyncDispose]())
  const port = String(server.port)
  const env = { HOST: '127.0.0.1', PORT: port, METRICS_PORT: port }
  return { ...place, doctor: (more = {}) => place.admin(['doctor'], { env: { ...env, ...more } }) }
}

/** Its lines of a level, as "subject: text". */
function linesOf({ out }: Ran, level: string): string[] {
  const line = new RegExp(`^${level} +(\\S.*?) {2,}(.*)$`)
  return out.split('\n').flatMap(text => line.exec(text)?.slice(1).join(': ') ?? [])
}

test('a healthy server has only ok lines, and exit code 0', async t => {
  const { doctor, dataDir, keysDir } = await healthy(t)
  const ran = await doctor()
  const lines = linesOf(ran, 'ok').map(line =>
    line.replace(/has [\d.]+ [GM]B|says .*|\(uid \d+ and gid \d+\)/, '…'),
  )
  assert.deepEqual(lines, [
    `data volume: ${dataDir} and all in it can be written by this user …`,
    `data volume: ${dataDir} … free`,
    `keys volume: ${keysDir} and all in it can be written by this user …`,
    `keys volume: ${keysDir} … free`,
    'database: can be read',
    'receiver: is ready',
    'sources: Docker has hidden no client since the receiver started',
    "clock: this server's clock …",
    'devices: 1 registered, all reported in time, clocks right',
    'proxies: none is trusted, which is right as long as devices reach the port without one',
  ])
  assert.deepEqual([ran.code, ran.errors, ran.out.trimEnd().split('\n').length], [0, '', lines.length])
})

async function wrongIn(ran: Ran): Promise<string> {
  const lines = linesOf(ran, 'WRONG')
  assert.equal(ran.code, 1)
  assert.match(ran.errors, new RegExp(`^${lines.length} faults? found\\.\n`))
  assert.equal(lines.length, 1, ran.out)
  return lines[0] ?? ''
}

test('a silent device is reported, with where to look', async t => {
  const { doctor, commit } = await healthy(t)
  await commit({ device: 'cabin', timestamp: Date.now() - 7_200_000 })
  await doctor().then(ran => assert.equal(ran.code, 0, 'cabin is not registered: it may be silent'))
  await commit({ device: 'home', timestamp: Date.now() + 500 })
  assert.match(
    await wrongIn(await doctor({ SECRET: 'the secret of cabin', DEVICE: 'cabin' })),
    /^device cabin: has been silent for 2 hours\. → .*docker logs ipupdater/,
  )
})

test('a device that has not reported yet is noted, which is no fault', async t => {
  const { doctor, admin } = await healthy(t)
  await admin(['device', 'add', 'cabin'])
  const ran = await doctor()
  assert.match(linesOf(ran, 'note').join(), /^device cabin: has not reported yet\. → start its client/)
  assert.equal(ran.code, 0)
})

test('a device with a wrong clock is reported, with the difference', async t => {
  const { doctor, commit } = await healthy(t)
  await commit({ timestamp: Date.now() + 100, skewMs: -3_600_000 })
  assert.match(
    await wrongIn(await doctor()),
    /^device home: has a clock that is 1 hour behind\. .* → .*timedatectl set-ntp true/,
  )
})

test("a server's clock behind its own records is reported", async t => {
  const { doctor, commit } = await healthy(t)
  await commit({ timestamp: Date.now() + 7_200_000 })
  assert.match(
    await wrongIn(await doctor()),
    /^clock: .*, 1 hour before the last recorded report\. → set it by NTP/,
  )
})

test('clients that Docker has hidden are counted, with the advice', async t => {
  const { doctor } = await healthy(t, { masked: 3 })
  assert.match(await wrongIn(await doctor()), /^sources: Docker has hidden 3 clients .* → .*ENABLE_IPV6/)
})

test('a receiver that is not ready is reported with the cause', async t => {
  const check = async () => {
    throw new ProtocolError('storage-unavailable', 'the database cannot be written: full')
  }
  const { doctor } = await healthy(t, { check })
  assert.match(
    await wrongIn(await doctor()),
    /^receiver: is not ready: the database cannot be written: full\. → read its log/,
  )
})

test('a receiver that does not run is reported with how to start it', async t => {
  const { doctor } = await healthy(t)
  const unused = createServer().listen(0, '127.0.0.1')
  const { port } = await new Promise<AddressInfo>(resolve => {
    unused.on('listening', () => resolve(unused.address() as AddressInfo))
  })
  await new Promise(resolve => unused.close(resolve))
  assert.match(
    await wrongIn(await doctor({ PORT: String(port) })),
    /^receiver: does not answer at .*ECONNREFUSED.* → start it, and read its log/,
  )
})

test('secrets that others can read are reported with the command', async t => {
  const { doctor, keysDir } = await healthy(t)
  const file = join(keysDir, 'devices.jsonl')
  chmodSync(file, 0o644)
  assert.equal(
    await wrongIn(await doctor()),
    `secrets: ${file} can be read by others on this machine. → chmod 600 ${file}`,
  )
})

test('a damaged registry is reported with the line', async t => {
  const { doctor, keysDir } = await healthy(t)
  writeFileSync(join(keysDir, 'devices.jsonl'), 'hush-hush')
  const wrong = await wrongIn(await doctor())
  assert.match(wrong, /^devices: line 1 of .* is not JSON\. → correct that line/)
  assert.doesNotMatch(wrong, /hush/)
})

test('a proxy list that trusts everyone is reported', async t => {
  const { doctor } = await healthy(t)
  assert.match(await wrongIn(await doctor({ TRUSTED_PROXIES: '::/0' })), /^proxies: .* trusts everyone/)
})

test('a missing database and a missing volume are reported', async () => {
  const { admin, dataDir } = adminFixture()
  rmSync(dataDir, { recursive: true })
  const ran = await admin(['doctor'], { env: { PORT: '1' } })
  const wrong = linesOf(ran, 'WRONG').join('\n')
  assert.match(wrong, /^data volume: DATA_DIR=\S+ does not exist\. → mount a volume there/m)
  assert.match(wrong, /^database: does not exist yet\. → start the receiver/m)
  assert.match(wrong, /^devices: none is registered\. → ipupdater-admin device add home/m)
  assert.equal(ran.code, 1)
})

test('a file of another owner is reported with the owner and the user of this program', {
  skip: !isRoot && 'needs root',
}, async t => {
  const place: AdminFixture = await healthy(t)
  for (const path of [place.dir, place.dataDir, place.keysDir, join(place.dataDir, 'ipupdater.sqlite')]) {
    chownSync(path, 65534, 65534)
  }
  const ran = await place.admin(['doctor'], { uid: 65534 })
  const file = join(place.keysDir, 'devices.jsonl')
  assert.match(
    linesOf(ran, 'WRONG').join('\n'),
    new RegExp(
      `^keys volume: ${file} is owned by uid 0 and gid 0 \\(mode 0600\\), but the receiver runs as uid 65534 and gid 65534\\. → make this program the owner, then start it again:`,
      'm',
    ),
  )
})

test("root does not touch another user's volume", { skip: !isRoot && 'needs root' }, async () => {
  const { admin, dir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  chownSync(keysDir, 1000, 1000)
  const { code, errors } = await admin(['device', 'add', 'cabin'])
  assert.match(
    errors,
    new RegExp(`^You are root, but ${dir}/keys is owned by uid 1000 .*\nWhat to do: .*sudo -u '#1000'`),
  )
  assert.equal(code, 2)
})

test('a correctly proxied setup has nothing to report', async t => {
  const { doctor } = await healthy(t)
  // The gateway of this machine, as it is in a container: it is the proxy's address there.
  const env = {
    container: 'docker',
    TRUSTED_PROXIES: '0.0.0.0/1,128.0.0.0/1',
    RECEIVER_PORT: '127.0.0.1:8080',
  }
  const ran = await doctor(env)
  assert.deepEqual([...linesOf(ran, 'note'), ...linesOf(ran, 'WRONG')], [])
  assert.equal(ran.code, 0)
  if ((await readGateways()).length === 0) return
  const [note] = linesOf(await doctor({ ...env, RECEIVER_PORT: '8080' }), 'note')
  assert.match(
    note ?? '',
    /^proxies: .* contains Docker's gateway .* → .*RECEIVER_PORT=127\.0\.0\.1:8080 in \.env/,
  )
})

test('without a container no advice names Docker Compose', async () => {
  const { admin, dataDir } = adminFixture()
  await admin(['device', 'add', 'cabin'])
  rmSync(dataDir, { recursive: true })
  const { out, errors } = await admin(['doctor'], { env: { PORT: '1' } })
  assert.doesNotMatch(out + errors, /docker compose/)
  const inContainer = await admin(['doctor'], { env: { PORT: '1', container: 'docker' } })
  assert.match(inContainer.out, /docker compose up -d receiver/)
})

test('doctor --json has the findings, and the same exit code', async t => {
  const { doctor, admin, env } = await healthy(t)
  const ran = await doctor({ TRUSTED_PROXIES: '::/0' })
  const json = await admin(['doctor', '--json'], {
    env: { ...env, HOST: '127.0.0.1', TRUSTED_PROXIES: '::/0' },
  })
  const findings = JSON.parse(json.out)
  assert.ok(
    findings.some(
      ({ level, subject }: { level: string; subject: string }) => level === 'wrong' && subject === 'proxies',
    ),
  )
  assert.deepEqual([ran.code, json.code, json.errors], [1, 1, ''])
})
