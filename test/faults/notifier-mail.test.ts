import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { selfSigned } from '../../services/client/fixtures/tls.ts'
import type { Volumes } from '../fixtures/programs.ts'
import { createVolumes, startProgram } from '../fixtures/programs.ts'

// Needs Debian's python3-aiosmtpd.
const login = { user: 'me@example.org', password: 'p@ss/word: geheim' }

test('e-mail is sent as plain text, with STARTTLS and login', async () => {
  using volumes = createVolumes()
  await using server = await startSmtpServer(volumes)
  const { code, output } = await testMail(volumes, server.url(login.password))
  assert.equal(output, 'mail: delivered (answered 250 taken)\n')
  assert.equal(code, 0)
  const message = await server.next()
  assert.deepEqual(
    [message.from, message.to, message.tls, message.user],
    ['ipupdater@example.org', ['me@example.org', 'you@example.org'], true, login.user],
  )
  assert.match(message.text, /^Subject: ipupdater test\r$/m)
  assert.match(message.text, /^Message-ID: <test_\d+@example\.org>\r$/m)
  assert.match(message.text, /^Content-Type: text\/plain/m)
  assert.match(message.text, /This channel works\./)
})

test('a wrong password is reported, but never printed', async () => {
  using volumes = createVolumes()
  await using server = await startSmtpServer(volumes)
  const { code, output } = await testMail(volumes, server.url('another p@ssword'))
  assert.equal(code, 1)
  assert.match(output, /^mail: failed: the mail server refused the login \(answered 535\)/)
  assert.ok(!output.includes('another'), output)
})

test('no password is sent to a server whose certificate is not trusted', async () => {
  using volumes = createVolumes()
  await using server = await startSmtpServer(volumes)
  const { code, output } = await testMail(volumes, server.url(login.password), {})
  assert.equal(code, 1)
  assert.match(output, /^mail: failed: the mail server cannot be reached, or its certificate is not trusted/)
})

async function testMail(
  volumes: Volumes,
  url: string,
  trust: Record<string, string> = { NODE_EXTRA_CA_CERTS: join(volumes.dir, 'certificate') },
) {
  writeFileSync(join(volumes.dir, 'smtp-url'), `${url}\n`)
  const program = startProgram(['services/notifier/main.ts', 'test', 'mail'], {
    DATA_DIR: volumes.dataDir,
    ALERT_SMTP_URL_FILE: join(volumes.dir, 'smtp-url'),
    ALERT_MAIL_FROM: 'ipupdater <ipupdater@example.org>',
    ALERT_MAIL_TO: 'me@example.org, you@example.org',
    ...trust,
  })
  const { code } = await program.ended
  return { code, output: program.output() }
}

interface Mail {
  readonly from: string
  readonly to: string[]
  readonly text: string
  readonly tls: boolean
  readonly user: string
}

async function startSmtpServer(volumes: Volumes) {
  const [certificate, key] = [join(volumes.dir, 'certificate'), join(volumes.dir, 'key')]
  writeFileSync(certificate, selfSigned.cert)
  writeFileSync(key, selfSigned.key)
  const script = join(import.meta.dirname, 'smtp-server.py')
  const server = spawn('/usr/bin/python3', [script, certificate, key, login.user, login.password], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value ?? 'null')
  const { port } = (await next()) as { port: number }
  return {
    next: next as () => Promise<Mail>,
    url: (password: string) =>
      `smtp://${encodeURIComponent(login.user)}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.kill()
    },
  }
}
