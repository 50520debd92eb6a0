import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { createLog } from '@ipupdater/runtime'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { isAlive, processIdentity } from './process-identity.ts'
import type { Status } from './status.ts'
import { healthOf, readStatus, statusPathOf, writeStatus } from './status.ts'
import { statusWriter } from './status-writer.ts'

const home = parseDeviceName('home')
const ours = processIdentity(process.pid)
const status: Status = {
  process: ours,
  servers: ['http://a.example/'],
  startedAt: 1_000,
  last: { at: 2_000, ok: true, failure: null },
  trying: null,
  overdueAt: 600_000,
}

function directory() {
  const path = temporaryDirectory()
  return { path, file: join(path, 'status.json'), [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

function testLog() {
  const lines: string[] = []
  return { lines, log: createLog({ level: 'info', format: 'text', write: line => void lines.push(line) }) }
}

/** A process that runs until the end of the test. */
async function otherProcess() {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
  await once(child, 'spawn')
  const identity = processIdentity(child.pid ?? 0)
  return {
    identity,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('a status is read as it was written, by its owner alone', () => {
  using dir = directory()
  writeStatus(dir.file, status)
  writeStatus(dir.file, { ...status, overdueAt: 7 })
  assert.deepEqual(readStatus(dir.file), { ...status, overdueAt: 7 })
  assert.equal(statSync(dir.file).mode & 0o777, 0o600)
})

test('a link in the place of the status is replaced, not followed', () => {
  using dir = directory()
  const precious = join(dir.path, 'precious')
  writeFileSync(precious, 'precious')
  symlinkSync(precious, dir.file)
  symlinkSync(precious, `${dir.file}.${process.pid}`)
  writeStatus(dir.file, status)
  assert.equal(readFileSync(precious, 'utf8'), 'precious')
  assert.deepEqual(readStatus(dir.file), status)
})

test('the status of another user is not read', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
  using dir = directory()
  writeStatus(dir.file, status)
  chownSync(dir.file, 4321, 4321)
  assert.match(String(readStatus(dir.file)), /belongs to another user/)
})

test('a user without a name in passwd reads its own status', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, () => {
  using dir = directory()
  chownSync(dir.path, 4321, 4321)
  writeStatus(dir.file, status)
  chownSync(dir.file, 4321, 4321)
  const script = `
    import { readStatus } from ${JSON.stringify(join(import.meta.dirname, 'status.ts'))}
    process.setgid(4321); process.setuid(4321)
    console.log(JSON.stringify(readStatus(process.argv[1])))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, dir.file], {
    encoding: 'utf8',
  })
  assert.deepEqual(JSON.parse(stdout || 'null'), status, stderr)
})

function changed(part: object): string {
  return JSON.stringify({ ...status, ...part })
}

test('a status with attempts is read as it was written', () => {
  using dir = directory()
  const trying = { ...status, last: null, trying: { since: 1, failure: 'Nothing listens.' } }
  writeStatus(dir.file, trying)
  assert.deepEqual(readStatus(dir.file), trying)
})

test('a file that cannot be read is named with the reason', () => {
  assert.match(
    String(readStatus('/proc/self/mem/status')),
    /^\/proc\/self\/mem\/status cannot be read: ENOTDIR/,
  )
})

test('each device has its own file, in the temporary directory unless another one is set', () => {
  assert.equal(statusPathOf({ statusFile: '/run/status.json', device: home }), '/run/status.json')
  assert.equal(statusPathOf({ statusFile: null, device: home }), join(tmpdir(), 'ipupdater-home.json'))
})

for (const [what, text] of [
  ['nothing', null],
  ['an empty file', ''],
  ['half of a status', JSON.stringify(status).slice(0, 40)],
  ['the status of an earlier version', '{"at":1,"ok":true,"trouble":null,"overdueAt":2}'],
  ['JSON of another kind', '[]'],
  ['null', 'null'],
  ['a status without a process', changed({ process: {} })],
  ['a status with one server as text', changed({ servers: 'http://a.example/' })],
  ['a status without its start', changed({ startedAt: null })],
  ['a status without its deadline', changed({ overdueAt: null })],
  ['a last report without a time', changed({ last: { at: 'now', ok: true } })],
  ['a last report without an outcome', changed({ last: { at: 1, ok: 'yes' } })],
  ['attempts without a start', changed({ trying: { since: 'now', failure: 'x' } })],
  ['attempts without a failure', changed({ trying: { since: 1 } })],
] as const) {
  test(`${what} is no status, and is named as the cause`, () => {
    using dir = directory()
    if (text !== null) writeFileSync(dir.file, text)
    assert.match(
      String(readStatus(dir.file)),
      /status\.json (does not exist\. Start one: ipupdater run$|is not a status file)/,
    )
  })
}

test('a directory in the place of the status is named as the cause', () => {
  using dir = directory()
  mkdirSync(dir.file)
  assert.match(String(readStatus(dir.file)), /is not a file/)
})

test('healthy: the process runs, and the last due report succeeded', () => {
  assert.deepEqual(healthOf(status, 600_000), {
    isHealthy: true,
    message: 'The last report to http://a.example/ succeeded 9 minutes ago.',
  })
  const overdue = healthOf(status, 600_001)
  assert.deepEqual([overdue.isHealthy, /has not ended/.test(overdue.message)], [false, true])
  const failed = { ...status, last: { at: 2_000, ok: false, failure: 'The secret is wrong.' } }
  assert.deepEqual(healthOf(failed, 3_000), { isHealthy: false, message: 'The secret is wrong.' })
})

test('a process that is gone is unhealthy, however good its last report was', () => {
  const gone = healthOf(status, 3_000, () => false)
  assert.equal(gone.isHealthy, false)
  assert.match(gone.message, /^Process \d+ of `ipupdater run` is gone\. Its last report ended 1 second ago/)
})

test('a report from the future is unhealthy', () => {
  const { isHealthy, message } = healthOf(
    { ...status, last: { at: 300_000, ok: true, failure: null } },
    2_000,
  )
  assert.equal(isHealthy, false)
  assert.match(message, /the clock was set back/)
})

test('before the first report has ended, the state is unhealthy and says why', () => {
  const starting = { ...status, last: null }
  assert.deepEqual(healthOf(starting, 3_000), {
    isHealthy: false,
    message: 'The first report is in progress. It started 2 seconds ago.',
  })
  const trying = { since: 1_500, failure: 'Nothing listens.' }
  assert.deepEqual(healthOf({ ...starting, trying }, 3_000), {
    isHealthy: false,
    message: 'Trying since 1970-01-01T00:00:01.500Z: Nothing listens.',
  })
})

test('attempts that fail before the report is overdue are told, and not yet unhealthy', () => {
  const trying = { since: 400_000, failure: 'Nothing listens.' }
  const { isHealthy, message } = healthOf({ ...status, trying }, 500_000)
  assert.equal(isHealthy, true)
  assert.match(message, /succeeded 8 minutes ago\. Trying since .*: Nothing listens\./)
})

test('a process number that another process has now is not the same process', () => {
  assert.equal(isAlive(ours), true)
  assert.equal(isAlive({ ...ours, startTicks: '1' }), false)
  assert.equal(isAlive({ pid: 2 ** 22 + 1, startTicks: null }), false)
})

test('the writer writes at once, merges changes, and removes the file at the end', () => {
  using dir = directory()
  const { log, lines } = testLog()
  {
    using writer = statusWriter(dir.file, { ...status, last: null }, log)
    assert.deepEqual(readStatus(dir.file), { ...status, last: null })
    writer.update({ last: status.last })
    assert.deepEqual(readStatus(dir.file), status)
  }
  assert.equal(existsSync(dir.file), false)
  assert.deepEqual(lines, [])
})

test('the status of another running process is left alone, and the log says so', async () => {
  using dir = directory()
  await using other = await otherProcess()
  const theirs = { ...status, process: other.identity }
  writeStatus(dir.file, theirs)
  const { log, lines } = testLog()
  {
    using writer = statusWriter(dir.file, status, log)
    writer.update({ overdueAt: 5 })
  }
  assert.deepEqual(readStatus(dir.file), theirs)
  assert.match(lines.join(), /WARN .*Another `ipupdater run` uses the same status file/)
})

test('the status of a process that is gone is replaced', async () => {
  using dir = directory()
  const other = await otherProcess()
  await other[Symbol.asyncDispose]()
  writeStatus(dir.file, { ...status, process: other.identity })
  using _writer = statusWriter(dir.file, status, testLog().log)
  assert.deepEqual(readStatus(dir.file), status)
})

test('a status that cannot be written is logged once, and stops nothing', () => {
  using dir = directory()
  const { log, lines } = testLog()
  using writer = statusWriter(join(dir.path, 'missing', 'status.json'), status, log)
  writer.update({ overdueAt: 5 })
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /cannot be written.*STATUS_FILE/)
})
