import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Environment, Program, Server } from '../fixtures/programs.ts'
import {
  createVolumes,
  startAdmin,
  startClient,
  startProgram,
  startReceiver,
  startViewer,
} from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { sendRaw } from '../fixtures/raw-http.ts'
import { openRelay } from '../fixtures/relay.ts'
import { report } from './counts.ts'
import type { Scene } from './hostile/generator.ts'
import { mutateRequest } from './hostile/generator.ts'
import type { Device } from './hostile/honest.ts'
import { honestRequest } from './hostile/honest.ts'
import { bytesOf } from './hostile/message.ts'
import { findSecret, formsOf } from './secrets/forms-of-secret.ts'
import { startSearch } from './secrets/search.ts'

/** With all characters that need escapes. */
const SECRETS = {
  environment: `Qz7"w/x+R=e&k%20<b>'s\\ünd 🔑 vJp4`,
  file: 'bW9r+dXNlcl9/zZWNyZXQtdGhhdC1sb29rcw==',
  rotated: 'the-new-one/of?office#plain;text,here',
  wrong: 'a wrong $(secret) `of` $HOME *sweet* home',
  misplaced: 'hunter2-hunter2-hunter2-hunter2',
  tooShort: 'x9-Kw_7+pQ~2z',
} as const

test('the search finds a secret in every known form, and a part of it', () => {
  for (const secret of Object.values(SECRETS)) {
    for (const form of formsOf(secret)) assert.ok(findSecret(`log "${form}" end`, [secret]), form)
    const hidden = Buffer.from(`user:${secret}\n`).toString('base64')
    assert.ok(findSecret(hidden, [secret]))
    assert.ok(findSecret(`${secret.slice(0, 12)}…`, [secret]))
    assert.equal(findSecret('answered 401 code=not-authenticated device=home', [secret]), null)
  }
})

for (const format of ['text', 'json']) {
  test(`no secret is printed, sent or stored, in normal and hostile use, as ${format}`, async t => {
    const search = startSearch()
    using volumes = createVolumes()
    const log = { LOG_LEVEL: 'debug', LOG_FORMAT: format, TMPDIR: volumes.dir }
    const fileOf = (name: keyof typeof SECRETS) => {
      const file = join(volumes.dir, `${name}.txt`)
      writeFileSync(file, SECRETS[name], { mode: 0o600 })
      return file
    }
    const run = async (name: string, program: Program) => {
      const { code } = await search.watch(name, program).ended
      return { code, output: program.output() }
    }
    const admin = (name: string, ...args: string[]) =>
      run(`admin ${name}`, startAdmin(volumes, args, { SECRET: SECRETS.environment }))

    // The operator.
    const receiverSettings = {
      SECRET: SECRETS.environment,
      METRICS_PORT: '0',
      RATE_LIMIT_PREFIX: '0',
      RATE_LIMIT_FAILURES: '0',
      RATE_LIMIT_UNSIGNED: '0',
      RATE_LIMIT_DEVICE: '0',
    }
    assert.equal((await admin('add', 'device', 'add', 'office', '--secret-file', fileOf('file'))).code, 0)
    const receiver = search.watch('receiver', await startReceiver(volumes, { ...log, ...receiverSettings }))
    await using _receiver = receiver
    // The viewer needs no secret, but gets one.
    const viewer = search.watch('viewer', await startViewer(volumes, { ...log, SECRET: SECRETS.environment }))
    await using _viewer = viewer
    const made = startAdmin(volumes, ['device', 'add', 'attic'])
    await made.ended
    const [, generated = ''] = /not shown again:\n\n {2}(\S+)\n/.exec(made.output()) ?? []
    assert.match(generated, /^[\w-]{43}$/)

    // The device, with an eavesdropper on its connection.
    const captured: Buffer[] = []
    const capture = (chunk: Buffer) => void captured.push(chunk)
    await using toReceiver = await openRelay({ port: receiver.port, onRequest: capture })
    await using toViewer = await openRelay({ port: viewer.port, onRequest: capture })
    const settings = { ...log, SERVER_URL: toReceiver.url, VIEWER_URL: toViewer.url, RETRY_FOR: '0' }
    const client = (name: string, args: string[], own: Environment) =>
      run(`client ${name}`, startClient(args, { ...settings, ...own }))
    const home = { DEVICE: 'home', SECRET: SECRETS.environment }
    const office = { DEVICE: 'office', SECRET_FILE: fileOf('file') }
    for (const [name, own] of Object.entries({ home, office })) {
      assert.equal((await client(`update ${name}`, ['update'], own)).code, 0)
      assert.equal((await client(`update ${name} as JSON`, ['update', '--json'], own)).code, 0)
      assert.equal((await client(`ip ${name}`, ['ip'], own)).code, 0)
      assert.equal((await client(`get ${name}`, ['get'], own)).code, 0)
      assert.equal((await client(`history ${name}`, ['history', '--json'], own)).code, 0)
    }
    const daemon = search.watch(
      'client run',
      startClient(['run', '--schedule', '* * * * * *'], { ...settings, ...home }),
    )
    await using _daemon = daemon
    await daemon.printed(/(?:Report|report|confirmed|refreshed).*\n[\s\S]*(?:confirmed|refreshed)/)
    await client('health', ['health'], home)
    assert.equal(
      (await admin('rotate', 'device', 'rotate', 'office', '--secret-file', fileOf('rotated'))).code,
      0,
    )
    assert.equal((await admin('list', 'device', 'list', '--json')).code, 0)
    await receiver.printed(/devices read again[\s\S]*devices read again/)
    assert.equal(
      (await client('update rotated', ['update'], { DEVICE: 'office', SECRET: SECRETS.rotated })).code,
      0,
    )
    await receiver.printed(/rotation ended/)
    assert.equal((await client('update with the old one', ['update'], office)).code, 1)
    await admin('doctor', 'doctor')
    const backup = join(volumes.dir, 'backup.sqlite')
    assert.equal((await admin('backup', 'backup', backup)).code, 0)

    // User errors.
    const wrong = await client('update with a wrong one', ['update'], {
      DEVICE: 'home',
      SECRET: SECRETS.wrong,
    })
    assert.equal(wrong.code, 1)
    const faults: Environment[] = [
      { SECRET: SECRETS.tooShort },
      { SECRET: ` ${SECRETS.misplaced}` },
      { SECRET: SECRETS.environment, SECRET_FILE: fileOf('file') },
      { SECRET_FILE: SECRETS.misplaced },
      { SECRT: SECRETS.misplaced },
      { ...home, SERVER_URL: `http://home:${SECRETS.misplaced}@receiver:8080` },
      { ...home, SERVER_URL: `http://receiver:8080/update?password=${SECRETS.misplaced}` },
      { ...home, SERVER_HOST: `home:${SECRETS.misplaced}@receiver`, SERVER_URL: '' },
    ]
    for (const [index, own] of faults.entries()) {
      assert.equal((await client(`with fault ${index}`, ['update'], own)).code, 2, JSON.stringify(own))
    }
    for (const [index, own] of faults.slice(0, 5).entries()) {
      const { dataDir: DATA_DIR, keysDir: KEYS_DIR } = volumes
      const failing = startProgram(['services/receiver/main.ts'], { ...log, DATA_DIR, KEYS_DIR, ...own })
      assert.equal((await run(`receiver with fault ${index}`, failing)).code, 2, JSON.stringify(own))
    }
    for (const { port, name } of [
      { ...receiver, name: 'receiver' },
      { ...viewer, name: 'viewer' },
    ]) {
      for (const odd of misplaced(SECRETS.misplaced)) {
        const { received } = await sendRaw(port, odd, { patienceMs: 20 })
        search.see(`answer of the ${name}`, received)
      }
    }

    // Attacks, also with the device's own secret.
    const random = createRandom(20_261_130)
    const seen = await campaign(receiver, { name: 'home', secret: SECRETS.environment }, random, 1_500)
    search.see('answers to hostile messages', seen)
    for (const path of ['/', '/getip/home', '/history', '/readyz', '/nothing', '/history?from=x']) {
      for (const accept of ['text/html', 'application/json', 'text/plain', 'text/csv', 'image/png']) {
        search.see(
          `viewer ${path}`,
          await fetch(viewer.url + path, { headers: { accept } }).then(each => each.text()),
        )
      }
    }
    const [, metricsUrl = ''] = /metrics"?[=:]"?(http:[^\s"]+)/.exec(receiver.output()) ?? []
    search.see('metrics', await fetch(`${metricsUrl}/metrics`).then(each => each.text()))

    // Failures.
    appendFileSync(
      join(volumes.keysDir, 'devices.jsonl'),
      `{"device":"barn","secrets":[{"secret":"${SECRETS.misplaced}`,
    )
    await receiver.printed(/devices\.jsonl cannot be used/)
    const database = join(volumes.dataDir, 'ipupdater.sqlite')
    renameSync(database, `${database}.away`)
    await client('update without a database', ['update'], home)
    await fetch(`${viewer.url}/getip`)
    renameSync(`${database}.away`, database)
    // A backup contains the secrets; what a restore leaves in the data volume must not.
    assert.equal(statSync(backup).mode & 0o777, 0o600)
    assert.equal((await admin('restore', 'restore', backup)).code, 0)

    for (const program of [daemon, viewer, receiver]) await program[Symbol.asyncDispose]()
    search.see('the wire', Buffer.concat(captured))
    for (const file of readdirSync(volumes.dataDir))
      search.see(`data volume, ${file}`, readFileSync(join(volumes.dataDir, file), 'latin1'))

    const secrets = [...Object.values(SECRETS), generated]
    const found = search.found(secrets)
    report(t, `logs-${format}`, { secrets: secrets.length, ...search.counts(), found: found.length })
    assert.ok(Buffer.concat(captured).length > 10_000, 'too little was captured')
    assert.ok(search.counts().lines > 3_000, 'too few log lines')
    assert.deepEqual(found, [])
  })
}

/** Sends hostile messages of all kinds. @returns all answers */
async function campaign(
  { port }: Server,
  device: Device,
  random: ReturnType<typeof createRandom>,
  count: number,
): Promise<string> {
  const answers: string[] = []
  for (let sent = 0; sent < count; ) {
    const update = JSON.stringify({ address: '127.0.0.1', timestamp: Date.now() })
    const requests = [
      honestRequest(random, device, '/ip', '{}'),
      honestRequest(random, device, '/update', update),
    ]
    const scene: Scene = { requests: requests.map(request => ({ request, device })), answers: [] }
    const batch = Array.from({ length: 50 }, () => bytesOf(mutateRequest(random, scene).message))
    const outcomes = await Promise.all(batch.map(bytes => sendRaw(port, bytes, { patienceMs: 20 })))
    answers.push(...outcomes.map(({ received }) => received.toString('latin1')))
    sent += batch.length
  }
  return answers.join('\n')
}

/** Requests with a secret in the wrong places, where people put theirs. */
function misplaced(secret: string): Buffer[] {
  const encoded = encodeURIComponent(secret)
  const basic = Buffer.from(`home:${secret}`).toString('base64')
  const message = (first: string, lines: readonly string[], body = '') =>
    Buffer.from(
      `${[first, 'Host: x', `Content-Length: ${body.length}`, ...lines].join('\r\n')}\r\n\r\n${body}`,
    )
  return [
    message(`GET /getip?password=${encoded} HTTP/1.1`, []),
    message(`GET /history?device=home&token=${encoded} HTTP/1.1`, []),
    message(`GET /nothing?${encoded} HTTP/1.1`, []),
    message(`POST /update?secret=${encoded} HTTP/1.1`, []),
    message(`POST /update HTTP/1.1`, [`Authorization: Basic ${basic}`, `Cookie: session=${secret}`]),
    message(`POST /update HTTP/1.1`, [`Authorization: Bearer ${secret}`, `X-Password: ${secret}`]),
    message(
      `POST /update HTTP/1.1`,
      ['Content-Type: application/x-www-form-urlencoded'],
      `name=home&password=${encoded}`,
    ),
    message(
      `POST /update HTTP/1.1`,
      ['Content-Type: application/json'],
      JSON.stringify({ name: 'home', secret }),
    ),
    message(`PUT /update HTTP/1.1`, [`Proxy-Authorization: Basic ${basic}`], secret),
  ]
}
