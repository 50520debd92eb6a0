import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReader, sqliteFile } from '@ipupdater/storage'
import type { Disk, SmallVolume } from '../fixtures/mounts.ts'
import { mountDisk, mountReadOnly, mountSmall } from '../fixtures/mounts.ts'
import type { Volumes } from '../fixtures/programs.ts'
import { createVolumes, startReceiver, startViewer } from '../fixtures/programs.ts'
import { eventually } from '../fixtures/shell.ts'
import { report } from './counts.ts'
import { assertPutOff } from './disk/delayed-device.ts'
import type { DiskFixture } from './disk/disk-fixture.ts'
import { admin, openDiskFixture } from './disk/disk-fixture.ts'
import { emptyWal, hold, setSchema } from './disk/other-program.ts'
import { refusedStart } from './disk/refused-start.ts'
import { databaseIn, settle } from './traffic/agreement.ts'
import { createReporters, trafficSettings } from './traffic/reporter.ts'
import { watch } from './traffic/watch.ts'

const MEBIBYTE = 1024 * 1024

test('a full volume puts devices off until there is space, and the viewer shows what was acknowledged', async t => {
  const small = smallVolume()
  await using fixture = await openDiskFixture(20_261_131, small)
  await fixture.work()
  const watching = fixture.watch()
  const putOff = await fixture.fill()
  // Before it refuses, the receiver frees its WAL, which may be enough for a small report. So empty the WAL.
  small.enlarge()
  await emptyWal(databaseIn(fixture.volumes.dataDir))
  small.takeFreeSpace()
  await assertPutOff(fixture.receiver, fixture.reporters[0], 'full')
  const client = await fixture.waitingClient()
  small.enlarge()
  await fixture.work()
  assert.deepEqual(await client.ended, { code: 0, signal: null }, client.output())
  await fixture.agree(t, 'disk-full', watching, { putOff })
})

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`after ${signal} on a full volume, the receiver starts, and works once there is space`, async t => {
    const small = smallVolume()
    await using fixture = await openDiskFixture(20_261_132, small)
    await fixture.work()
    const watching = fixture.watch()
    const putOff = await fixture.fill()
    fixture.receiver.child.kill(signal)
    await fixture.receiver.ended
    await using again = await startReceiver(fixture.volumes, trafficSettings)
    small.enlarge()
    await fixture.work(again)
    await fixture.agree(t, 'disk-full', watching, { putOff })
  })
}

test('without space for a database the start fails, with the reason', async () => {
  using volumes = createVolumes()
  using volume = mountSmall(volumes.dataDir, 65_536)
  writeFileSync(join(volumes.dataDir, 'filler'), Buffer.alloc(65_536))
  assert.match(await refusedStart(volumes), /no space is left on the volume of .*\nWhat to do: free some/)
  volume.resize(MEBIBYTE)
  await using _receiver = await startReceiver(volumes)
})

test('a failed disk is read-only, and devices are put off until it is repaired, without a restart', async t => {
  let disk: Disk | undefined
  const prepare = ({ dir, dataDir }: Volumes) => {
    disk = mountDisk(dataDir, join(dir, 'disk.img'), 16 * MEBIBYTE)
    return disk
  }
  await using fixture = await openDiskFixture(20_261_133, { prepare, oneMount: true })
  const [reporter] = fixture.reporters
  await fixture.work()
  const watching = fixture.watch()
  disk?.fail()
  assert.equal(await fixture.reportOnce(), 'storage-unavailable')
  // The disk failed during this update, so it may be on the disk or not.
  const doubtful = reporter.book.at(-1)
  if (doubtful !== undefined) doubtful.fate = 'unanswered'
  await assertPutOff(fixture.receiver, reporter, 'read-only')
  await watching.stop()

  disk?.unmount()
  assert.deepEqual(await fixture.look(), { status: 503, says: 'no-database' })
  assert.equal(await fixture.reportOnce(), 'storage-unavailable')
  disk?.repair() // only works while no process has a file open on it
  {
    await using reader = openReader({ sqlite: sqliteFile(fixture.volumes.dataDir) })
    await settle(fixture.reporters, reader)
  }
  await fixture.work()
  assert.equal((await fixture.look()).status, 200)
  await fixture.agree(t, 'disk-broken', watching)
})

test('on a read-only volume the start fails, with advice', async () => {
  using volumes = createVolumes()
  using readOnly = mountReadOnly(volumes.dataDir)
  const output = await refusedStart({ ...volumes, dataDir: readOnly.dir })
  assert.match(output, /is on a read-only file system, .*\nWhat to do: mount a writable volume there/)
})

test('if another user owns a file, the start fails; the printed command fixes it', async t => {
  const user = 1234
  using volumes = createVolumes()
  chmodSync(volumes.dir, 0o755)
  createReporters(volumes, 1)
  const start = async () => (await startReceiver(volumes, trafficSettings, user))[Symbol.asyncDispose]()
  const give = (owner: string, path: string) => execFileSync('chown', ['-R', owner, path])
  give(`${user}:${user}`, volumes.dir)
  await start()
  const kept = [
    volumes.dataDir,
    volumes.keysDir,
    databaseIn(volumes.dataDir),
    join(volumes.keysDir, 'devices.jsonl'),
  ]
  for (const path of kept) {
    execFileSync('chown', ['0:0', path])
    if (statSync(path).isFile()) chmodSync(path, 0o600)
    const output = await refusedStart(volumes, user)
    assert.match(output, new RegExp(`${path} (is owned by|belongs to) `))
    const [, owner = '', dir = ''] = /chown(?: receiver)? -R (\S+) (\/\S+)/.exec(output) ?? []
    give(owner, dir)
    await start()
  }
  report(t, 'disk-owner', { refusedStarts: kept.length, fixedByCommand: kept.length })
})

test('while the database is moved away, devices are put off, and nothing refused is stored', async t => {
  await using fixture = await openDiskFixture(20_261_134)
  const database = databaseIn(fixture.volumes.dataDir)
  await fixture.work()
  renameSync(database, `${database}.away`)
  await assertDatabaseMissing(fixture)
  renameSync(`${database}.away`, database)
  await fixture.work()
  await fixture.agree(t, 'disk-database')
})

test('after the database is removed, devices are put off until a restore, without a restart', async t => {
  await using fixture = await openDiskFixture(20_261_135)
  const { volumes } = fixture
  await fixture.work()
  const backup = join(volumes.dir, 'backup.sqlite')
  await admin(volumes, 'backup', backup)
  for (const side of ['', '-wal', '-shm']) rmSync(databaseIn(volumes.dataDir) + side)
  await assertDatabaseMissing(fixture)
  await admin(volumes, 'restore', backup)
  await fixture.work()
  await fixture.agree(t, 'disk-database')
})

test('with a damaged database the start fails and changes nothing; a backup replaces it', async t => {
  await using fixture = await openDiskFixture(20_261_136)
  const { volumes } = fixture
  await fixture.work()
  const backup = join(volumes.dir, 'backup.sqlite')
  await admin(volumes, 'backup', backup)
  await fixture.close()
  damage(databaseIn(volumes.dataDir), 0)
  const damaged = readFileSync(databaseIn(volumes.dataDir))
  assert.match(await refusedStart(volumes), /is damaged .*\nWhat to do: restore a backup/)
  assert.deepEqual(readFileSync(databaseIn(volumes.dataDir)), damaged)
  await using viewer = await startViewer(volumes)
  assert.deepEqual(await fixture.look(viewer), { status: 503, says: 'storage-unavailable' })
  await admin(volumes, 'restore', backup)
  assert.equal((await fixture.look(viewer)).status, 200)
  await using receiver = await startReceiver(volumes, trafficSettings)
  await fixture.work(receiver)
  await fixture.agree(t, 'disk-database', watch(viewer.url, fixture.reporters))
})

test('if a database in use is damaged, devices are put off until a restore, without a restart', async t => {
  await using fixture = await openDiskFixture(20_261_137)
  const { volumes } = fixture
  await fixture.work()
  const backup = join(volumes.dir, 'backup.sqlite')
  await admin(volumes, 'backup', backup)
  await fixture.close()
  const stoppedAt = Date.now()
  await using receiver = await startReceiver(volumes, trafficSettings)
  await using viewer = await startViewer(volumes)
  // Its first heartbeat includes a test write. Those undamaged pages must not stay in the WAL.
  await eventually(() => assert.ok(statSync(join(volumes.dataDir, 'receiver.alive')).mtimeMs >= stoppedAt))
  await emptyWal(databaseIn(volumes.dataDir))
  damage(databaseIn(volumes.dataDir), PAGE)
  await assertPutOff(receiver, fixture.reporters[0], 'corrupt')
  assert.deepEqual(await fixture.look(viewer), { status: 503, says: 'storage-unavailable' })
  await admin(volumes, 'restore', backup)
  await fixture.work(receiver)
  await fixture.agree(t, 'disk-database', watch(viewer.url, fixture.reporters))
})

test('with a newer database the start fails, devices are put off, and nothing is changed', async t => {
  await using fixture = await openDiskFixture(20_261_138)
  const database = databaseIn(fixture.volumes.dataDir)
  await fixture.work()
  await setSchema(1_000, database)
  assert.equal(await fixture.reportOnce(), 'storage-unavailable')
  await assertPutOff(fixture.receiver, fixture.reporters[0], 'newer-schema')
  assert.deepEqual(await fixture.look(), { status: 503, says: 'schema-unknown' })
  using copy = createVolumes() // a database has one receiver
  cpSync(fixture.volumes.dataDir, copy.dataDir, { recursive: true })
  assert.match(await refusedStart(copy), /was written by a newer version/)
  await setSchema(2, database)
  await fixture.work()
  await fixture.agree(t, 'disk-database')
})

test('while another program has the write lock, devices are put off, and the viewer answers', async t => {
  await using fixture = await openDiskFixture(20_261_139)
  await fixture.work()
  const watching = fixture.watch()
  {
    await using _writer = await hold('write', databaseIn(fixture.volumes.dataDir))
    await assertPutOff(fixture.receiver, fixture.reporters[0], 'busy')
  }
  await fixture.work()
  await fixture.agree(t, 'disk-locked', watching)
})

test('a long reader delays no device', async t => {
  await using fixture = await openDiskFixture(20_261_140)
  await fixture.work()
  const watching = fixture.watch()
  await using _reader = await hold('read', databaseIn(fixture.volumes.dataDir))
  await fixture.work(fixture.receiver, 2_000)
  await fixture.agree(t, 'disk-locked', watching)
})

/** Devices and the viewer are told that there is no database. */
async function assertDatabaseMissing(fixture: DiskFixture): Promise<void> {
  assert.equal(await fixture.reportOnce(), 'storage-unavailable')
  assert.deepEqual(await fixture.look(), { status: 503, says: 'no-database' })
  await assertPutOff(fixture.receiver, fixture.reporters[0], 'missing')
}

function smallVolume() {
  let volume: SmallVolume | undefined
  return {
    prepare({ dataDir }: Volumes) {
      volume = mountSmall(dataDir, 2 * MEBIBYTE)
      return volume
    },
    enlarge: () => volume?.resize(16 * MEBIBYTE),
    takeFreeSpace: () => volume?.takeFreeSpace(),
  }
}

const PAGE = 4096

/** Overwrites the file from that offset. */
function damage(file: string, from: number): void {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill('damage ', from))
}
