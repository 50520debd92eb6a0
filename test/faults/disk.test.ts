import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { report } from './counts.ts'
import { hold, setSchema } from './disk/other-program.ts'
import { assertPutOff } from './disk/put-off.ts'
import { refusedStart } from './disk/refused-start.ts'
import type { Stage } from './disk/stage.ts'
import { admin, openStage } from './disk/stage.ts'
import type { Disk, SmallVolume } from './mounts.ts'
import { mountDisk, mountReadOnly, mountSmall } from './mounts.ts'
import type { Place } from './programs.ts'
import { createPlace, startReceiver, startViewer } from './programs.ts'
import { databaseIn, settle } from './traffic/agreement.ts'
import { createReporters, trafficSettings } from './traffic/reporter.ts'
import { watch } from './traffic/watch.ts'

const MEBIBYTE = 1024 * 1024

test('a full volume puts devices off until there is space, and the viewer shows what was acknowledged', async t => {
  const small = smallVolume()
  await using stage = await openStage(20_261_131, small)
  await stage.work()
  const watching = stage.watch()
  const putOff = await stage.fill()
  await assertPutOff(stage.receiver, stage.reporters[0], 'full')
  const client = await stage.waitingClient()
  small.enlarge()
  await stage.work()
  assert.deepEqual(await client.ended, { code: 0, signal: null }, client.output())
  await stage.agree(t, 'disk-full', watching, { putOff })
})

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`a receiver that ended by ${signal} on a full volume starts there, and works once there is space`, async t => {
    const small = smallVolume()
    await using stage = await openStage(20_261_132, small)
    await stage.work()
    const watching = stage.watch()
    const putOff = await stage.fill()
    stage.receiver.child.kill(signal)
    await stage.receiver.ended
    await using again = await startReceiver(stage.place, trafficSettings)
    small.enlarge()
    await stage.work(again)
    await stage.agree(t, 'disk-full', watching, { putOff })
  })
}

test('a volume that has no space for a database stops the start, with the reason', async () => {
  using place = createPlace()
  using volume = mountSmall(place.dataDir, 65_536)
  writeFileSync(join(place.dataDir, 'filler'), Buffer.alloc(65_536))
  assert.match(await refusedStart(place), /no space is left on the volume of .*: free some/)
  volume.resize(MEBIBYTE)
  await using _receiver = await startReceiver(place)
})

test('a disk that breaks becomes read-only, and puts devices off until it is mended, without a restart', async t => {
  let disk: Disk | undefined
  const prepare = ({ dir, dataDir }: Place) => {
    disk = mountDisk(dataDir, join(dir, 'disk.img'), 16 * MEBIBYTE)
    return disk
  }
  await using stage = await openStage(20_261_133, { prepare, oneMount: true })
  const [reporter] = stage.reporters
  await stage.work()
  const watching = stage.watch()
  disk?.fail()
  assert.equal(await stage.reportOnce(), 'storage-unavailable')
  // The disk has failed in the middle of this one; nobody can know yet what of it is on it.
  const doubtful = reporter.book.at(-1)
  if (doubtful !== undefined) doubtful.fate = 'unanswered'
  await assertPutOff(stage.receiver, reporter, 'read-only')
  await watching.stop()

  disk?.unmount()
  assert.deepEqual(await stage.look(), { status: 503, says: 'no-database' })
  assert.equal(await stage.reportOnce(), 'storage-unavailable')
  disk?.mend() // which it can be only because nobody has a file open on it any more
  {
    await using reader = openReader({ sqlite: sqliteFile(stage.place.dataDir) })
    await settle(stage.reporters, reader)
  }
  await stage.work()
  assert.equal((await stage.look()).status, 200)
  await stage.agree(t, 'disk-broken', watching)
})

test('a volume that is mounted read-only stops the start, with the cure', async () => {
  using place = createPlace()
  using readOnly = mountReadOnly(place.dataDir)
  const told = await refusedStart({ ...place, dataDir: readOnly.dir })
  assert.match(told, /is on a read-only file system, .*\nWhat to do: mount a writable volume there/)
})

test("whatever is another user's stops the start, and the command that is told cures it", async t => {
  const user = 1234
  using place = createPlace()
  chmodSync(place.dir, 0o755)
  createReporters(place, 1)
  const start = async () => (await startReceiver(place, trafficSettings, user))[Symbol.asyncDispose]()
  const give = (owner: string, path: string) => execFileSync('chown', ['-R', owner, path])
  give(`${user}:${user}`, place.dir)
  await start()
  const kept = [place.dataDir, place.keysDir, databaseIn(place.dataDir), join(place.keysDir, 'devices.jsonl')]
  for (const path of kept) {
    execFileSync('chown', ['0:0', path])
    if (statSync(path).isFile()) chmodSync(path, 0o600)
    const told = await refusedStart(place, user)
    assert.match(told, new RegExp(`${path} (is owned by|belongs to) `))
    const [, owner = '', dir = ''] = /chown(?: receiver)? -R (\S+) (\/\S+)/.exec(told) ?? []
    give(owner, dir)
    await start()
  }
  report(t, 'disk-owner', { refusedStarts: kept.length, curedAsTold: kept.length })
})

test('a database that is moved away puts devices off until it is back; what was refused is not in it', async t => {
  await using stage = await openStage(20_261_134)
  const database = databaseIn(stage.place.dataDir)
  await stage.work()
  renameSync(database, `${database}.away`)
  await assertDatabaseMissed(stage)
  renameSync(`${database}.away`, database)
  await stage.work()
  await stage.agree(t, 'disk-database')
})

test('a database that is removed puts devices off until a backup is restored, without a restart', async t => {
  await using stage = await openStage(20_261_135)
  const { place } = stage
  await stage.work()
  const backup = join(place.dir, 'backup.sqlite')
  await admin(place, 'backup', backup)
  for (const side of ['', '-wal', '-shm']) rmSync(databaseIn(place.dataDir) + side)
  await assertDatabaseMissed(stage)
  await admin(place, 'restore', backup)
  await stage.work()
  await stage.agree(t, 'disk-database')
})

test('a damaged database stops the start and is left as it is; a backup takes its place', async t => {
  await using stage = await openStage(20_261_136)
  const { place } = stage
  await stage.work()
  const backup = join(place.dir, 'backup.sqlite')
  await admin(place, 'backup', backup)
  await stage.close()
  damage(databaseIn(place.dataDir), 0)
  const damaged = readFileSync(databaseIn(place.dataDir))
  assert.match(await refusedStart(place), /is damaged: restore a backup/)
  assert.deepEqual(readFileSync(databaseIn(place.dataDir)), damaged)
  await using viewer = await startViewer(place)
  assert.deepEqual(await stage.look(viewer), { status: 503, says: 'storage-unavailable' })
  await admin(place, 'restore', backup)
  assert.equal((await stage.look(viewer)).status, 200)
  await using receiver = await startReceiver(place, trafficSettings)
  await stage.work(receiver)
  await stage.agree(t, 'disk-database', watch(viewer.url, stage.reporters))
})

test('a database that is damaged while in use puts devices off until a backup is restored, without a restart', async t => {
  await using stage = await openStage(20_261_137)
  const { place } = stage
  await stage.work()
  const backup = join(place.dir, 'backup.sqlite')
  await admin(place, 'backup', backup)
  await stage.close()
  // None of it is in anybody's memory, or in the WAL.
  await using receiver = await startReceiver(place, trafficSettings)
  await using viewer = await startViewer(place)
  damage(databaseIn(place.dataDir), PAGE)
  await assertPutOff(receiver, stage.reporters[0], 'corrupt')
  assert.deepEqual(await stage.look(viewer), { status: 503, says: 'storage-unavailable' })
  await admin(place, 'restore', backup)
  await stage.work(receiver)
  await stage.agree(t, 'disk-database', watch(viewer.url, stage.reporters))
})

test('a database of a newer version stops the start, puts devices off, and is left as it is', async t => {
  await using stage = await openStage(20_261_138)
  const database = databaseIn(stage.place.dataDir)
  await stage.work()
  await setSchema(1_000, database)
  assert.equal(await stage.reportOnce(), 'storage-unavailable')
  await assertPutOff(stage.receiver, stage.reporters[0], 'newer-schema')
  assert.deepEqual(await stage.look(), { status: 503, says: 'schema-unknown' })
  assert.match(await refusedStart(stage.place), /was written by a newer version/)
  await setSchema(1, database)
  await stage.work()
  await stage.agree(t, 'disk-database')
})

test('while another program holds the write lock devices are put off, and the viewer answers', async t => {
  await using stage = await openStage(20_261_139)
  await stage.work()
  const watching = stage.watch()
  {
    await using _writer = await hold('write', databaseIn(stage.place.dataDir))
    await assertPutOff(stage.receiver, stage.reporters[0], 'busy')
  }
  await stage.work()
  await stage.agree(t, 'disk-locked', watching)
})

test('a long reader puts nobody off', async t => {
  await using stage = await openStage(20_261_140)
  await stage.work()
  const watching = stage.watch()
  await using _reader = await hold('read', databaseIn(stage.place.dataDir))
  await stage.work(stage.receiver, 2_000)
  await stage.agree(t, 'disk-locked', watching)
})

/** Devices and the viewer are told that there is no database. */
async function assertDatabaseMissed(stage: Stage): Promise<void> {
  assert.equal(await stage.reportOnce(), 'storage-unavailable')
  assert.deepEqual(await stage.look(), { status: 503, says: 'no-database' })
  await assertPutOff(stage.receiver, stage.reporters[0], 'missing')
}

function smallVolume() {
  let volume: SmallVolume | undefined
  return {
    prepare({ dataDir }: Place) {
      volume = mountSmall(dataDir, 2 * MEBIBYTE)
      return volume
    },
    enlarge: () => volume?.resize(16 * MEBIBYTE),
  }
}

const PAGE = 4096

/** Writes over all of the file from there on. */
function damage(file: string, from: number): void {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill('damage ', from))
}
