import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { documentSettings } from '../packages/runtime/index.ts'
import { receiverSettings } from '../services/receiver/settings.ts'
import { viewerSettings } from '../services/viewer/settings.ts'

/** What docker-compose.postgres.yml promises, without Docker. */
const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Service {
  readonly cap_drop: readonly string[]
  readonly cap_add?: readonly string[]
  readonly read_only?: boolean
  readonly security_opt: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly environment?: Record<string, unknown>
  readonly networks?: { default: { ipv4_address: string } }
}

const text = read('docker-compose.postgres.yml').replace(/\$\{\w+:-([^}]*)\}/g, '$1')
const { services } = parse(text, { merge: true, logLevel: 'silent' }) as { services: Record<string, Service> }
const of = (prefix: string) => Object.entries(services).filter(([name]) => name.startsWith(prefix))

test('there are two equal receivers and two equal viewers', () => {
  for (const role of ['receiver', 'viewer']) {
    const [one, two, ...more] = of(role).map(([, { networks: _, ...service }]) => service)
    assert.deepEqual([one !== undefined, one, more], [true, two, []])
  }
})

test('services drop all capabilities, and ours add none', () => {
  for (const [name, service] of Object.entries(services)) {
    assert.deepEqual(service.cap_drop, ['ALL'], name)
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
    const isOurs = name !== 'postgres' && name !== 'nginx'
    assert.equal(service.cap_add === undefined, isOurs, name)
    assert.equal(service.read_only === true, name !== 'postgres', name)
  }
})

test('only nginx is published, the viewers on loopback by default', () => {
  const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined)
  assert.deepEqual(
    published.map(([name, { ports }]) => [name, ports]),
    [['nginx', ['8080:8080', '127.0.0.1:8081:8081']]],
  )
})

test('each service has only the URL of its role, and only receivers have device keys', () => {
  const secretsOf = (prefix: string) => of(prefix).map(([, { secrets = [] }]) => secrets)
  assert.deepEqual(secretsOf('receiver'), [['receiver-url'], ['receiver-url']])
  assert.deepEqual(secretsOf('viewer'), [['viewer-url'], ['viewer-url']])
  assert.deepEqual(secretsOf('nginx'), [[]])
  for (const [name, { volumes = [] }] of Object.entries(services)) {
    assert.equal(volumes.includes('keys:/keys'), name.startsWith('receiver'), name)
  }
})

test('receivers and viewers get all settings that they read, and no other', () => {
  const fixed = ['HOST', 'DATA_DIR', 'KEYS_DIR', 'RECEIVER_PORT']
  for (const [role, settings] of [
    ['receiver', [...documentSettings(receiverSettings), { name: 'PUBLIC_URL' }]],
    ['viewer', documentSettings(viewerSettings)],
  ] as const) {
    const names = settings.map(({ name }) => (name === 'DATABASE_URL' ? 'DATABASE_URL_FILE' : name))
    const wanted = names.filter(name => !fixed.includes(name)).sort()
    for (const [, { environment = {} }] of of(role)) assert.deepEqual(Object.keys(environment).sort(), wanted)
  }
})

test('nginx forwards to the addresses of the services, and receivers trust it', () => {
  const conf = read('contrib/nginx.postgres.conf')
  const asked = [...conf.matchAll(/^ {2}server ([\d.]+):(\d+)/gm)].map(
    ([, address, port]) => `${address} ${port}`,
  )
  const addressOf = ({ networks }: Service) => networks?.default.ipv4_address
  assert.deepEqual(asked, [
    ...of('receiver').map(([, service]) => `${addressOf(service)} ${service.environment?.PORT}`),
    ...of('viewer').map(([, service]) => `${addressOf(service)} ${service.environment?.PORT}`),
  ])
  for (const [, { environment = {} }] of of('receiver')) {
    assert.equal(environment.TRUSTED_PROXIES, addressOf(services.nginx as Service))
  }
})

test('a fixed address is never given to another service', () => {
  const { networks } = parse(text, { merge: true, logLevel: 'silent' }) as {
    networks: { default: { ipam: { config: { ip_range?: string }[] } } }
  }
  assert.equal(networks.default.ipam.config[0]?.ip_range, '172.30.69.128/25')
  const fixed = Object.values(services).flatMap(service => service.networks?.default.ipv4_address ?? [])
  assert.equal(fixed.length, 5)
  for (const address of fixed) assert.ok(Number(address.split('.').at(-1)) < 128, address)
})
