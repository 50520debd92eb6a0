import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { openReader, sqliteFile } from '@ipupdater/storage'
import type { Volumes } from '../fixtures/programs.ts'
import { createVolumes, startReceiver } from '../fixtures/programs.ts'
import { run } from '../fixtures/shell.ts'
import type { Account, Outcome } from './clients.ts'
import { ddclient, inadyn } from './clients.ts'
import type { TlsProxy } from './tls-proxy.ts'
import { proxyAddress, startTlsProxy } from './tls-proxy.ts'

/* Clients that others wrote, from Debian's packages, through nginx with TLS. */

type Client = (proxy: TlsProxy, dir: string, account: Account) => Promise<Outcome>
const clients: Readonly<Record<string, Client>> = { ddclient, inadyn }

for (const [name, client] of Object.entries(clients)) {
  test(`${name} reports over IPv4 and IPv6, and is content with a repetition`, async t => {
    const { volumes, proxy, account } = await start(t)
    for (const family of [4, 6] as const) {
      for (const round of ['new', 'known']) {
        const { updated, output } = await client(proxy, volumes.dir, { ...account, family })
        assert.ok(updated, `${round} IPv${family}: ${output}`)
      }
    }
    const reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
    t.after(() => reader[Symbol.asyncDispose]())
    const shown = await reader.currentOf(parseDeviceName('cabin'))
    assert.deepEqual(
      shown?.map(({ address, proof, given, confirmations }) => [address, proof, given, confirmations]),
      [
        ['127.0.0.1', null, false, 2],
        ['::1', null, false, 2],
      ],
    )
  })

  test(`${name} does not believe that it has updated when it is refused`, async t => {
    const { volumes, proxy, account } = await start(t, { RATE_LIMIT_DEVICE: '1' })
    const tries: Record<string, Account> = {
      badauth: { ...account, password: 'wrong' },
      nohost: { ...account, hostname: 'boat.home.arpa' },
    }
    for (const [word, wrong] of Object.entries(tries)) {
      const { updated, output } = await client(proxy, volumes.dir, wrong)
      assert.equal(updated, false, `${word}: ${output}`)
    }
    const [first, second] = [
      await client(proxy, volumes.dir, account),
      await client(proxy, volumes.dir, account),
    ]
    assert.deepEqual([first.updated, second.updated], [true, false], `abuse: ${second.output}`)
  })

  test(`${name} does not believe that it has updated while the server cannot record`, async t => {
    const { volumes, proxy, account } = await start(t, { ALLOW_PRIVATE_ADDRESSES: 'false' })
    const { updated, output } = await client(proxy, volumes.dir, account)
    assert.equal(updated, false, output)
    assert.match(output, /911|503/)
  })
}

test('curl gets the answers of docs/routers.md, over each path', async t => {
  const { proxy, account } = await start(t)
  const ask = (path: string, user = `${account.user}:${account.password}`) =>
    run('curl', [
      '-s',
      '--cacert',
      proxy.certificate,
      '--resolve',
      `ipv4.example.test:${proxy.port}:127.0.0.1`,
      '-u',
      user,
      '-w',
      '%{http_code}',
      `https://ipv4.example.test:${proxy.port}${path}`,
    ])
  // As a FRITZ!Box, a MikroTik, a UniFi gateway and OPNsense ask.
  assert.equal(await ask('/nic/update?hostname=cabin.home.arpa&myip=&myipv6='), 'good 127.0.0.1\n200')
  assert.equal(await ask('/nic/update?hostname=cabin.home.arpa'), 'nochg 127.0.0.1\n200')
  assert.equal(await ask('/v3/update?hostname=cabin.home.arpa&myip=127.0.0.1'), 'nochg 127.0.0.1\n200')
  assert.equal(
    await ask('/update?hostname=cabin.home.arpa&system=dyndns&wildcard=OFF'),
    'nochg 127.0.0.1\n200',
  )
  assert.equal(await ask('/nic/update?hostname=cabin', 'cabin:wrong'), 'badauth\n401')
})

async function start(t: TestContext, settings: Record<string, string> = {}) {
  const resources = new AsyncDisposableStack()
  t.after(() => resources.disposeAsync())
  const volumes: Volumes = resources.use(createVolumes())
  const env = { DATA_DIR: volumes.dataDir, KEYS_DIR: volumes.keysDir, TZ: 'UTC' }
  const added = await run(
    process.execPath,
    ['services/receiver/admin/main.ts', 'device', 'add', 'cabin', '--dyndns2', '--json'],
    env,
  )
  const { password } = JSON.parse(added) as { password: string }
  const receiver = resources.use(
    await startReceiver(volumes, { DYNDNS2: 'true', TRUSTED_PROXIES: proxyAddress, ...settings }),
  )
  const proxy = resources.use(await startTlsProxy(volumes.dir, receiver.port))
  const account: Account = { user: 'cabin', password, hostname: 'cabin.home.arpa', family: 4 }
  return { volumes, proxy, account }
}
