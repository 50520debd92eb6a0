import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { listenOnLoopback, testReceiver, testSecret } from '../fixtures/receiver.ts'
import { selfSigned } from '../fixtures/tls.ts'
import { shown, testViewer } from '../fixtures/viewer.ts'
import { bundle } from './bundle.ts'

// The bundle leaves parts of got out and loads others later. Each way through got is used once.

const directory = temporaryDirectory()
before(() => bundle(directory))

test('the bundle reports', async () => {
  await using server = await testReceiver()
  const { code, stdout } = await ipupdater(['update', '-u', server.url])
  assert.deepEqual([code, stdout], [0, `203.0.113.7 is new at ${server.url}/\n`])
})

test('the bundle looks names up, and reports failures as the sources do', async () => {
  await using server = await testReceiver()
  const named = await ipupdater(['update', '-u', server.url.replace('127.0.0.1', 'localhost')])
  assert.equal(named.code, 0, named.stderr)
  const lost = await ipupdater(['update', '-w', 'nosuch.invalid', '--retry-for', '0'])
  assert.equal(lost.code, 75)
  assert.match(lost.stderr, /DNS /)
})

test('the bundle speaks TLS only with a server whose certificate is valid for its name', async () => {
  await using server = await testReceiver(undefined, listener => createServer(selfSigned, listener))
  const authority = join(directory, 'authority.pem')
  writeFileSync(authority, selfSigned.cert)
  const trusting = await ipupdater(['update', '-u', server.url], { NODE_EXTRA_CA_CERTS: authority })
  assert.equal(trusting.code, 0, trusting.stderr)
  const doubting = await ipupdater(['update', '-u', server.url])
  assert.equal(doubting.code, 1)
  assert.match(doubting.stderr, /no valid certificate for this name/)
  const other = server.url.replace('127.0.0.1', 'localhost')
  const misnamed = await ipupdater(['update', '-u', other, '--family', '4'], {
    NODE_EXTRA_CA_CERTS: authority,
  })
  assert.equal(misnamed.code, 1)
  assert.match(misnamed.stderr, /no valid certificate for this name/)
})

test('an encoded answer is not decoded, and therefore not accepted', async () => {
  await using server = await listenOnLoopback((_, raw) => {
    raw.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end('{}')
  })
  const { code, stderr } = await ipupdater(['update', '-u', server.url])
  assert.equal(code, 1)
  assert.match(stderr, /is not signed/)
})

test('the bundle runs on schedule, and refuses a wrong schedule', async () => {
  const faulty = await ipupdater(['run', '-w', 'a.example', '--schedule', 'every hour'])
  assert.equal(faulty.code, 2)
  assert.match(faulty.stderr, /--schedule "every hour" is not a cron expression/)
  await using server = await testReceiver()
  const args = ['run', '-u', server.url, '--schedule', '@yearly']
  const settings = { SECRET: testSecret, STATUS_FILE: join(directory, 'status.json') }
  const updater = spawn(process.execPath, [join(directory, 'ipupdater.cjs'), ...args], { env: settings })
  let output = ''
  updater.stdout.setEncoding('utf8').on('data', text => {
    output += text
    if (/has our address/.test(text)) updater.kill('SIGTERM')
  })
  const [code] = await once(updater, 'close')
  assert.equal(code, 0, output)
  assert.match(output, /Stopped signal=SIGTERM/)
})

test('the bundle verifies what the viewer shows', async () => {
  await using viewer = await testViewer({
    addresses: [shown('203.0.113.7', { lastSeen: Date.now() - 60_000 })],
    next: null,
  })
  const ran = await ipupdater(['get', '--viewer', viewer.url])
  assert.deepEqual([ran.code, ran.stdout], [0, '203.0.113.7\n'])
})

async function ipupdater(args: string[], env: Record<string, string> = {}) {
  const run = promisify(execFile)
  const options = { env: { SECRET: testSecret, ...env } }
  const ran = run(process.execPath, [join(directory, 'ipupdater.cjs'), ...args], options)
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  )
}
