import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import {
  encodeUpdate,
  parseAddress,
  parseObservedAddress,
  parseReceipt,
  verifyAnswer,
} from '@ipupdater/protocol'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import { home, homeSecret, signed } from './fixtures/device.ts'
import type { Answer } from './fixtures/http.ts'
import { sendTo } from './fixtures/http.ts'

test('the program serves, and at SIGTERM it stops with everything on disk', async t => {
  const { dir, env } = await place()
  const program = await start(t, env)
  assert.equal((await report(await program.port())).result, 'new')
  program.child.kill('SIGTERM')
  assert.equal(await program.exit, 0)
  assert.match(program.output(), /INFO .*stopping signal=SIGTERM\n.*INFO .*stopped\n$/)
  await using reader = openReader({ sqlite: sqliteFile(join(dir, 'data')) })
  assert.equal((await reader.currentOf(home))?.[0]?.address, '127.0.0.1')
})

test('after a restart the tenure continues', async t => {
  const { env } = await place()
  const first = await start(t, env)
  const { firstSeen } = await report(await first.port())
  first.child.kill('SIGINT')
  assert.equal(await first.exit, 0)
  const second = await start(t, env)
  const receipt = await report(await second.port())
  assert.deepEqual([receipt.result, receipt.firstSeen], ['refreshed', firstSeen])
})

for (const known of ['by SECRET', 'by the registry'] as const) {
  test(`a device known ${known} cannot bring an old message into a new database`, async t => {
    const { dir, env } = await place()
    const { SECRET, ...others } = env
    if (known === 'by the registry') {
      await mkdir(join(dir, 'keys'), { mode: 0o700 })
      const line = { device: home, secrets: [{ secret: homeSecret, added: 1 }] }
      await writeFile(join(dir, 'keys', 'devices.jsonl'), `${JSON.stringify(line)}\n`, { mode: 0o600 })
    }
    const timestamp = Date.now()
    const old = signed('ipupdater-update', encodeUpdate({ address: parseAddress('127.0.0.1'), timestamp }))
    const program = await start(t, known === 'by SECRET' ? env : others)
    const answer = await sendTo(await program.port(), '/update', old, { direct: true })
    assert.equal(JSON.parse(String(answer.body)).code, 'not-newer')
    assert.equal((await report(await program.port())).result, 'new')
  })
}

test('a request that began before SIGTERM is answered', async t => {
  const { env } = await place()
  const program = await start(t, env)
  const ask = signed('ipupdater-ip', '{}')
  const outgoing = request({
    host: '127.0.0.1',
    port: await program.port(),
    path: '/ip',
    method: 'POST',
    headers: { ...ask.headers, 'content-length': 2 },
  })
  const answered = once(outgoing, 'response')
  outgoing.write('{')
  // An answer on another connection shows that the server has received the half request too.
  await report(await program.port())
  program.child.kill('SIGTERM')
  await program.said('stopping')
  outgoing.end('}')
  const [incoming] = await answered
  const body = Buffer.concat(await incoming.toArray())
  verifyAnswer({ status: incoming.statusCode, headers: incoming.headers, body }, ask.request, homeSecret)
  assert.equal(await program.exit, 0)
})

test('no secret is printed at start', async t => {
  const { env } = await place()
  const program = await start(t, env)
  await program.port()
  assert.match(program.output(), /SECRET="\(redacted\)"/)
  assert.doesNotMatch(program.output(), new RegExp(homeSecret))
})

test('a receiver without devices starts and says how to add one', async t => {
  const { env } = await place()
  const program = await start(t, { ...env, SECRET: '' })
  await program.port()
  assert.match(program.output(), /WARN .*ipupdater-admin device add home/)
})

test('metrics are served on a port of their own, and only if asked for', async t => {
  const { env } = await place()
  const silent = await start(t, env)
  assert.equal((await get(await silent.port(), '/metrics')).status, 404)
  silent.child.kill()
  await silent.exit

  const program = await start(t, { ...env, METRICS_PORT: '0' })
  const port = await program.port()
  await report(port)
  const metricsPort = Number(/metrics=http:\/\/127\.0\.0\.1:(\d+)/.exec(program.output())?.[1])
  const { status, body } = await get(metricsPort, '/metrics')
  assert.equal(status, 200)
  assert.match(String(body), /^ipupdater_updates_total\{result="new"\} 1$/m)
  assert.match(String(body), /^ipupdater_commit_updates_count 1$/m)
  assert.match(String(body), /^ipupdater_device_age_seconds\{device="home"\} \d/m)
  assert.equal((await get(metricsPort, '/update')).status, 404)
})

test('metrics listen on loopback by default, even if devices may report from anywhere', async t => {
  const { env } = await place()
  const usual = await start(t, { ...env, HOST: '::', METRICS_PORT: '0' })
  await usual.port()
  assert.match(usual.output(), /metrics=http:\/\/127\.0\.0\.1:\d+/)
  usual.child.kill()
  await usual.exit

  const open = await start(t, { ...env, HOST: '127.0.0.1', METRICS_PORT: '0', METRICS_HOST: '::' })
  await open.port()
  assert.match(open.output(), /metrics=http:\/\/localhost:\d+/)
})

test('an address of another machine is refused by the name of its setting', async t => {
  for (const setting of ['HOST', 'METRICS_HOST']) {
    const { env } = await place()
    const { code, errors } = await fails(t, { ...env, METRICS_PORT: '0', [setting]: '192.0.2.1' })
    assert.equal(code, 2)
    assert.match(errors, new RegExp(`${setting}=192\\.0\\.2\\.1 is not an address of this machine`))
  }
})

test('all wrong settings are reported at once, without the value of a secret', async t => {
  const { env } = await place()
  const { code, errors } = await fails(t, {
    ...env,
    PORT: '80800',
    WINDOW: 'soon',
    SECRET: 'hunter2',
    RATE_LIMIT_PREFX: '5',
    TRUSTED_PROXIES: '10.0.0.0/8,proxy',
  })
  assert.equal(code, 2)
  for (const expected of [
    'PORT="80800" is not a whole number',
    'WINDOW="soon" is not a duration',
    'SECRET is too short: use at least 16 characters.',
    'RATE_LIMIT_PREFX is not a setting. Did you mean RATE_LIMIT_PREFIX?',
    '"proxy" in TRUSTED_PROXIES is not an address or network',
  ]) {
    assert.ok(errors.includes(expected), errors)
  }
  assert.doesNotMatch(errors, /hunter2|\n {4}at /)
})

test('the same port for two purposes is refused', async t => {
  const { env } = await place()
  const { code, errors } = await fails(t, { ...env, PORT: '18080', METRICS_PORT: '18080' })
  assert.equal(code, 2)
  assert.match(errors, /METRICS_PORT=18080 is the same as PORT/)
})

test('a port in use is refused with the command that finds its user and the setting to change', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  for (const setting of ['PORT', 'METRICS_PORT']) {
    const { env } = await place()
    const { code, errors } = await fails(t, { ...env, [setting]: String(port) })
    assert.equal(code, 2)
    assert.match(errors, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken`))
    assert.match(errors, new RegExp(` ${setting}=${port + 1}\\.`))
  }
})

test('a second receiver on the same data directory is refused, until the first has ended in whatever way', async t => {
  const { env } = await place()
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const first = await start(t, env)
    await first.port()
    const { code, errors } = await fails(t, env)
    assert.equal(code, 2)
    assert.match(errors, /DATA_DIR cannot be used: another receiver uses \S+\.\nWhat to do: stop one of them/)
    first.child.kill(signal)
    await first.exit
  }
  const next = await start(t, env)
  await next.port()
})

test('a volume of another owner stops the start; the message names the owner, the user and the command', async t => {
  for (const variable of ['DATA_DIR', 'KEYS_DIR']) {
    const { dir, env } = await place()
    const volume = join(dir, 'not-ours')
    await mkdir(volume, { mode: 0o555 })
    await chmod(volume, 0o555) // whatever the umask
    const { code, errors } = await fails(t, { ...env, [variable]: volume }, asNobody)
    assert.equal(code, 2)
    const us = asNobody.uid ?? process.getuid?.()
    assert.match(
      errors,
      new RegExp(`${variable}=${volume} is owned by uid \\d+ and gid \\d+ \\(mode 0555\\)`),
    )
    assert.match(errors, new RegExp(`runs as uid ${us} `))
    assert.match(errors, new RegExp(`-R ${us}:`))
  }
})

test('a file that is not a database stops the start and is not changed', async t => {
  const { dir, env } = await place()
  await mkdir(join(dir, 'data'), { recursive: true })
  await writeFile(join(dir, 'data', 'ipupdater.sqlite'), 'this is not a database\n'.repeat(1000))
  const { code, errors } = await fails(t, env)
  assert.equal(code, 2)
  assert.match(errors, /^Cannot start: the database cannot be opened: .*ipupdater\.sqlite is damaged/)
})

test('a damaged registry stops the start; the message names the line, not its content', async t => {
  const { dir, env } = await place()
  await mkdir(join(dir, 'keys'), { recursive: true })
  await writeFile(join(dir, 'keys', 'devices.jsonl'), '{"device":"home","secrets":[{"secret":"hush-hush')
  const { code, errors } = await fails(t, { ...env, SECRET: '' })
  assert.equal(code, 2)
  assert.match(errors, /line 1 of .*devices\.jsonl/)
  assert.doesNotMatch(errors, /hush/)
})

/** Root may write anywhere, so a test run by root hands the program to somebody else. */
const asNobody: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

interface Program {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  output(): string
  errors(): string
  /** Once it has said so; rejects if it ends first. */
  said(words: string): Promise<void>
  port(): Promise<number>
}

type Environment = Record<string, string>

async function place(): Promise<{ dir: string; env: Environment }> {
  const dir = temporaryDirectory()
  await chmod(dir, 0o777)
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(dir, 'data'),
    KEYS_DIR: join(dir, 'keys'),
    SECRET: homeSecret,
    ALLOW_PRIVATE_ADDRESSES: 'true',
  }
  return { dir, env }
}

async function start(t: TestContext, env: Environment, as = {}): Promise<Program> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, ...as })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    child.emit('said')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  const said = async (words: string) => {
    while (!output.includes(words)) {
      const ended = await Promise.race([once(child, 'said').then(() => false), exit.then(() => true)])
      if (ended && !output.includes(words)) assert.fail(`ended without saying "${words}": ${output}${errors}`)
    }
  }
  return {
    child,
    exit,
    output: () => output,
    errors: () => errors,
    said,
    async port() {
      await said('ready url=')
      return Number(/ready url=http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1])
    },
  }
}

async function fails(t: TestContext, env: Environment, as = {}) {
  const program = await start(t, env, as)
  const code = await program.exit
  return { code, errors: program.errors() }
}

async function report(port: number) {
  const ask = signed('ipupdater-ip', '{}', { created: Math.floor(Date.now() / 1000) })
  const seen = await sendTo(port, '/ip', ask, { direct: true })
  verifyAnswer(seen, ask.request, homeSecret)
  const sighting = parseObservedAddress(String(seen.body))
  assert.equal(sighting.address, parseAddress('127.0.0.1'))
  const update = signed('ipupdater-update', encodeUpdate(sighting))
  const done = await sendTo(port, '/update', update, { direct: true })
  verifyAnswer(done, update.request, homeSecret)
  return parseReceipt(String(done.body))
}

function get(port: number, path: string): Promise<Answer> {
  return sendTo(port, path, { headers: {}, body: '' }, { method: 'GET', direct: true })
}
