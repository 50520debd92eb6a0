import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { processIdentity } from '../schedule/process-identity.ts'
import type { Status } from '../schedule/status.ts'
import { writeStatus } from '../schedule/status.ts'

const now = Date.UTC(2026, 10, 27)
const status: Status = {
  process: processIdentity(process.pid),
  servers: ['http://a.example/', 'http://b.example/'],
  startedAt: now - 3_600_000,
  last: { at: now - 60_000, ok: true, failure: null },
  trying: null,
  overdueAt: now + 600_000,
}

async function health(written: Status | null, env: Record<string, string> = {}, args: string[] = []) {
  const file = join(temporaryDirectory(), 'status.json')
  if (written !== null) writeStatus(file, written)
  const { code, stdout, stderr } = await ipupdater(
    ['health', ...args],
    { STATUS_FILE: file, ...env },
    { startAt: now },
  )
  return { code, stdout: stdout.map(line => line.replaceAll(file, 'FILE')), stderr }
}

const healthy = 'The last report to http://a.example/ and http://b.example/ succeeded 1 minute ago.'

test('health says that the last report succeeded, whatever server is asked for', async () => {
  for (const SERVER_URL of ['', 'http://b.example', 'http://a.example,http://b.example'])
    assert.deepEqual(await health(status, { SERVER_URL }), { code: 0, stdout: [healthy], stderr: '' })
})

test('health as JSON', async () => {
  const { code, stdout } = await health(status, {}, ['--json'])
  assert.deepEqual([code, JSON.parse(stdout.join())], [0, { healthy: true, message: healthy }])
})

test('health fails if the last report failed', async () => {
  const failed = { ...status, last: { at: now - 60_000, ok: false, failure: 'Nothing listens.' } }
  assert.deepEqual(await health(failed), { code: 1, stdout: ['Nothing listens.'], stderr: '' })
})

test('health fails if no process reports', async () => {
  const { code, stdout } = await health(null)
  assert.deepEqual(
    [code, stdout],
    [1, ['No `ipupdater run` is running for this device: FILE does not exist. Start one: ipupdater run']],
  )
})

test('health fails if the process reports to other servers', async () => {
  const SERVER_URL = 'http://a.example,http://c.example,http://d.example'
  const { code, stdout } = await health(status, { SERVER_URL })
  const reports = `Process ${process.pid} of \`ipupdater run\` reports to http://a.example/ and http://b.example/`
  assert.deepEqual([code, stdout], [1, [`${reports}, not to http://c.example/ and http://d.example/.`]])
})
