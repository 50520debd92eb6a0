import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Status } from './status.ts'
import { healthOf, readStatus, writeStatus } from './status.ts'

const status: Status = { at: 1_000, ok: true, trouble: null, overdueAt: 600_000 }

function directory() {
  const path = mkdtempSync(join(tmpdir(), 'ipupdater-status-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

test('what is written is what is read, by its owner alone', () => {
  using dir = directory()
  const path = join(dir.path, 'status.json')
  writeStatus(path, status)
  writeStatus(path, { ...status, ok: false, trouble: 'x' })
  assert.deepEqual(readStatus(path), { ...status, ok: false, trouble: 'x' })
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a link that somebody has laid out is replaced, not followed', () => {
  using dir = directory()
  const precious = join(dir.path, 'precious')
  writeFileSync(precious, 'precious')
  const path = join(dir.path, 'status.json')
  symlinkSync(precious, path)
  symlinkSync(precious, `${path}.${process.pid}`)
  writeStatus(path, status)
  assert.equal(readFileSync(precious, 'utf8'), 'precious')
  assert.deepEqual(readStatus(path), status)
})

test('no status, or half of one, is unhealthy', () => {
  using dir = directory()
  const path = join(dir.path, 'status.json')
  assert.equal(healthOf(readStatus(path), 0).isHealthy, false)
  writeFileSync(path, '{"at":1')
  assert.equal(healthOf(readStatus(path), 0).isHealthy, false)
})

test('healthy is who has made the last report that was due', () => {
  assert.equal(healthOf(status, 600_000).isHealthy, true)
  assert.equal(healthOf(status, 600_001).isHealthy, false)
  assert.deepEqual(healthOf({ ...status, ok: false, trouble: 'The secret is wrong.' }, 2_000), {
    isHealthy: false,
    message: 'The secret is wrong.',
  })
})
