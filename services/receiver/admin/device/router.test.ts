import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { adminFixture } from '../../fixtures/admin.ts'
import { newPassword } from './new-password.ts'

const digest = (password: string) => createHash('sha256').update(password).digest('base64url')

test('a router gets a password, which only its digest is kept of, and settings to copy', async () => {
  const { admin, keysDir } = adminFixture()
  const { code, out, errors } = await admin(['device', 'add', 'cabin', '--dyndns2', '--interval', '25h'], {
    env: { PUBLIC_URL: 'https://ip.example.org', DYNDNS2: 'true', DYNDNS2_PLAINTEXT: 'true' },
  })
  assert.deepEqual([code, errors], [0, ''])
  const password = /^ {2}([2-9A-HJ-NP-Za-km-z]{20})$/m.exec(out)?.[1] ?? ''
  assert.notEqual(password, '')
  const file = readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')
  const { kind, interval, secrets } = JSON.parse(file)
  assert.deepEqual([kind, interval, secrets[0].secret], ['password', 90_000, digest(password)])
  assert.ok(!file.includes(password))
  for (const part of [
    'FRITZ!Box',
    'UniFi',
    'MikroTik',
    'OpenWrt',
    'OPNsense',
    'ddclient',
    'inadyn',
    'curl -u cabin:',
  ]) {
    assert.ok(out.includes(part), part)
  }
  assert.match(out, /https:\/\/ip\.example\.org\/nic\/update\?hostname=<domain>/)
  assert.ok(!out.includes('YOUR-SERVER') && !out.includes('Such reports are off'))
})

test('while dyndns2 is off, the answer says how to turn it on', async () => {
  const { out } = await adminFixture().admin(['device', 'add', 'cabin', '--dyndns2'])
  assert.match(out, /Such reports are off: set DYNDNS2=true/)
  assert.match(out, /YOUR-SERVER stands for/)
})

test('a rotation gives a second password, and keeps the interval', async () => {
  const { admin, keysDir } = adminFixture()
  await admin(['device', 'add', 'cabin', '--dyndns2', '--interval', '10m'])
  const { code, out } = await admin(['device', 'rotate', 'cabin', '--json'])
  assert.equal(code, 0)
  const { password } = JSON.parse(out)
  const { kind, interval, secrets } = JSON.parse(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8'))
  assert.deepEqual(
    [kind, interval, secrets.length, secrets[0].secret],
    ['password', 600, 2, digest(password)],
  )
})

test('what does not go together is refused, and the flag is named', async () => {
  const { admin } = adminFixture()
  const bad: [string[], RegExp][] = [
    [['--interval', '10m'], /--interval is for --dyndns2 only/],
    [['--dyndns2', '--interval', 'often'], /--interval "often" is not a duration/],
    [['--dyndns2', '--interval', '32d'], /--interval "32d" is not a duration/],
    [['--dyndns2', '--secret-file', 'x'], /--secret-file is not for devices that report by password/],
  ]
  for (const [flags, fault] of bad) {
    const { code, errors } = await admin(['device', 'add', 'cabin', ...flags])
    assert.deepEqual([code, fault.test(errors)], [2, true], errors)
  }
})

test('bytes that would make some characters more frequent are not used', () => {
  const given = [Buffer.alloc(20, 228), Buffer.alloc(20, 255), Buffer.alloc(20, 227)]
  assert.equal(
    newPassword(() => given.shift() ?? Buffer.alloc(0)),
    'z'.repeat(20),
  )
  assert.equal(
    newPassword(() => Buffer.alloc(20, 57)),
    '2'.repeat(20),
  )
})
