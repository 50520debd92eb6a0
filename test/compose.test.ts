import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'

/** What the compose files, Dockerfiles and the release workflow promise, without Docker. */
const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Service {
  readonly image?: string
  readonly init?: boolean
  readonly read_only?: boolean
  readonly tmpfs?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly privileged?: boolean
  readonly user?: string
  readonly security_opt?: readonly string[]
  readonly restart?: string
  readonly stop_grace_period?: string
  readonly logging?: { driver: string; options: Record<string, string> }
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly network_mode?: string
  readonly secrets?: readonly string[]
  readonly healthcheck?: { test: readonly string[] }
  readonly environment?: Record<string, unknown>
  readonly mem_limit?: string
}

/** Reads it like Compose with these variables: `${NAME:-default}`. */
function compose(file: string, env: Record<string, string> = {}) {
  const text = read(file).replace(/\$\{(\w+):-([^}]*)\}/g, (_, name, fallback) => env[name] ?? fallback)
  return parse(text, { merge: true, logLevel: 'silent' }) as {
    name: string
    services: Record<string, Service>
  }
}

const server = compose('docker-compose.yml')
const client = compose('contrib/compose.client.yml')
const everywhere = Object.entries({ ...server.services, ...client.services })
const { receiver = {}, viewer = {}, notifier = {} } = server.services

test('every service has a read-only root file system, no capabilities and no new privileges', () => {
  assert.deepEqual(everywhere.map(([name]) => name).sort(), ['client', 'notifier', 'receiver', 'viewer'])
  for (const [name, service] of everywhere) {
    assert.equal(service.read_only, true, name)
    assert.deepEqual(service.cap_drop, ['ALL'], name)
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
    for (const key of ['cap_add', 'privileged', 'user'] as const) assert.equal(service[key], undefined, name)
  }
})

test('every service restarts, and limits its log with a driver that Podman has too', () => {
  for (const [name, { restart, logging }] of everywhere) {
    assert.equal(restart, 'unless-stopped', name)
    assert.equal(logging?.driver, 'json-file', name)
    assert.match(logging?.options['max-size'] ?? '', /^\d+m$/, name)
    assert.equal(logging?.options['max-file'], '3', name)
  }
})

test('the servers have an init, a grace period, a limited /tmp and a health check', () => {
  for (const [name, service] of Object.entries(server.services)) {
    assert.equal(service.init, true, name)
    assert.equal(service.stop_grace_period, '15s', name)
    assert.deepEqual(service.tmpfs, ['/tmp:size=64m,mode=1777'], name)
    assert.deepEqual(service.healthcheck?.test, ['CMD', 'is-ready'], name)
  }
})

test('only the receiver mounts the keys and backups, and the others mount the database read-only', () => {
  assert.deepEqual(receiver.volumes, ['data:/data', 'keys:/keys', 'backups:/backups'])
  assert.deepEqual(viewer.volumes, ['data:/data:ro'])
  assert.deepEqual(notifier.volumes, ['data:/data:ro', 'notifier:/notifier'])
})

test('only the receiver gets the secret of a device', () => {
  const knowing = Object.entries(server.services).filter(([, { environment = {} }]) =>
    ['SECRET', 'SECRET_FILE', 'KEYS_DIR'].some(name => name in environment),
  )
  assert.deepEqual(
    knowing.map(([name]) => name),
    ['receiver'],
  )
})

test('only the receiver and the viewer are published, the viewer on loopback by default', () => {
  assert.deepEqual(receiver.ports, ['8080:8080'])
  assert.deepEqual(viewer.ports, ['127.0.0.1:8081:8081'])
  assert.equal(notifier.ports, undefined)
  assert.equal(client.services.client?.ports, undefined)
  for (const [name, { network_mode }] of everywhere) assert.equal(network_mode, undefined, name)
})

test('a port may have an address, and a published image can replace the built one', () => {
  const { services } = compose('docker-compose.yml', {
    RECEIVER_PORT: '127.0.0.1:8080',
    VIEWER_PORT: '192.0.2.1:9000',
    SERVER_IMAGE: 'ghcr.io/owner/ipupdater-server:1.0.0',
  })
  assert.deepEqual(services.receiver?.ports, ['127.0.0.1:8080:8080'])
  assert.deepEqual(services.viewer?.ports, ['192.0.2.1:9000:8081'])
  for (const [name, { image }] of Object.entries(services)) {
    assert.equal(image, 'ghcr.io/owner/ipupdater-server:1.0.0', name)
    assert.equal(server.services[name]?.image, 'ipupdater-server', name)
  }
})

test('the client has its own project, a memory limit, and its secret in a file', () => {
  const { environment = {}, secrets, mem_limit } = client.services.client ?? {}
  assert.notEqual(client.name, server.name)
  assert.equal(mem_limit, '64m')
  assert.deepEqual(secrets, ['ipupdater'])
  assert.equal(environment.SECRET_FILE, '/run/secrets/ipupdater')
  assert.equal('SECRET' in environment, false)
})

test('with host networking the receiver publishes nothing and listens on HOST and PORT', () => {
  const override = read('contrib/compose.host-network.yml')
  assert.match(override, /^ {4}network_mode: host$/m)
  assert.match(override, /^ {4}ports: !reset \[\]$/m)
  assert.match(override, /^ {6}HOST: \$\{HOST:-\}$/m)
  assert.match(override, /^ {6}PORT: \$\{PORT:-8080\}$/m)
  assert.doesNotMatch(override, /viewer|notifier/)
})

for (const file of ['Dockerfile.server', 'Dockerfile.client']) {
  test(`${file} runs as user node, with a health check, and builds without secrets`, () => {
    const [, stages = ''] = /(FROM[\s\S]*)/.exec(read(file)) ?? []
    const last = stages.slice(stages.lastIndexOf('\nFROM '))
    assert.deepEqual(
      [...last.matchAll(/^USER (.*)$/gm)].map(([, user]) => user),
      ['node'],
    )
    assert.match(last, /^HEALTHCHECK .*--interval=/m)
    assert.doesNotMatch(last, /npm |apt-get|COPY (?!--from=build|LICENSE|docker\/server\/)/)
    assert.doesNotMatch(read(file), /SECRET/)
  })
}

test('in a new volume only the owner can read the keys', () => {
  assert.match(read('Dockerfile.server'), /install -d -o node -g node -m 700 \/keys/)
})

interface Job {
  readonly needs?: string
  readonly uses?: string
  readonly permissions?: Record<string, string>
  readonly steps?: readonly {
    readonly run?: string
    readonly uses?: string
    readonly with?: Record<string, string>
  }[]
}

test('a release is tested first, and tagged only after both images are built', () => {
  const { jobs } = parse(read('.github/workflows/release.yml')) as { jobs: Record<string, Job> }
  const { test: tests, build, publish, ...others } = jobs
  assert.deepEqual(others, {})
  assert.equal(tests?.uses, './.github/workflows/ci.yml')
  assert.equal(build?.needs, 'test')
  assert.equal(publish?.needs, 'build')
  const image = build?.steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))?.with ?? {}
  assert.match(image.outputs ?? '', /push-by-digest=true/)
  // Keep the labels of the Dockerfile.
  for (const name of ['tags', 'labels']) assert.equal(name in image, false, name)
  const commands =
    publish?.steps?.map(({ run = '' }) => run).filter(run => /gh release|imagetools/.test(run)) ?? []
  assert.deepEqual(
    commands.map(command =>
      /gh release create .*--draft |imagetools create|gh release edit .*--draft=false/
        .exec(command)?.[0]
        .slice(0, 15),
    ),
    ['gh release crea', 'imagetools crea', 'gh release edit'],
  )
})

test('a workflow can only read, unless a job has more rights', () => {
  for (const file of ['ci', 'nightly', 'release']) {
    const { permissions } = parse(read(`.github/workflows/${file}.yml`)) as Job
    const allowed = Object.entries(permissions ?? { all: 'write' })
    assert.deepEqual(
      allowed.filter(([, access]) => access !== 'read'),
      [],
      file,
    )
  }
})
