import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSecret } from '@ipupdater/protocol'
import { testReceiver } from './fixtures/receiver.ts'
import { ipupdater } from './fixtures/run-client.ts'

test('wrong settings come all at once, each with what is expected, and exit with 2', async () => {
  const { code, told } = await ipupdater(['update', '--family', '5', '-n', 'My Home'], { SECRET: 'short' })
  assert.equal(code, 2)
  for (const fault of [/SERVER_URL is missing/, /FAMILY="5"/, /DEVICE="My Home"/, /SECRET is too short/]) {
    assert.match(told, fault)
  }
})

test('a misspelled variable is told', async () => {
  const { code, told } = await ipupdater(['update'], { SERVER_ULR: 'http://a.example' })
  assert.equal(code, 2)
  assert.match(told, /SERVER_ULR is not a setting. Did you mean SERVER_URL/)
})

test('a schedule that is none is told before anything else happens', async () => {
  const { code, told } = await ipupdater(['run', '-w', 'a.example', '--schedule', 'every hour'])
  assert.equal(code, 2)
  assert.match(told, /SCHEDULE="every hour" is not a cron expression\. Example: "\*\/5 \* \* \* \*"/)
})

test('-p warns that others can see it, and works', async () => {
  await using server = await testReceiver()
  const { code, told } = await ipupdater(['ip', '-u', server.url, '-p', 'a secret for the tests'], {
    SECRET: '',
  })
  assert.equal(code, 0)
  assert.match(told, /everyone on this machine can see the secret of -p/)
})

test('--secret-file reads the secret from a file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ipupdater-secret-'))
  try {
    writeFileSync(join(dir, 'secret'), 'a secret for the tests\n')
    await using server = await testReceiver()
    const args = ['ip', '-u', server.url, '--secret-file', join(dir, 'secret')]
    const { code, printed } = await ipupdater(args, { SECRET: 'another one, that is outdone' })
    assert.equal(code, 0)
    assert.deepEqual(printed, ['203.0.113.7'])
    assert.equal(server.arrivals.length, 1)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('keygen prints a new secret each time', async () => {
  const first = (await ipupdater(['keygen'])).printed[0] ?? ''
  assert.equal(parseSecret(first).length, 43)
})
