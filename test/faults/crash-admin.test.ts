import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, sqliteFile, verify } from '@ipupdater/storage'
import type { Program } from '../fixtures/programs.ts'
import { createVolumes, startAdmin, startReceiver } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { report } from './counts.ts'
import { admin } from './disk/disk-fixture.ts'
import { age } from './old-addresses.ts'
import { assertSound, databaseIn } from './traffic/agreement.ts'
import type { Reporter, SentUpdate } from './traffic/reporter.ts'
import { createReporters, deliver, report as sendReport, trafficSettings } from './traffic/reporter.ts'
import { openWire } from './traffic/wire.ts'

const DAY = 86_400_000
/** Of each of the devices that have moved: so much that a copy takes a while. */
const OLD_TENURES = 5_000
const KILLS = 20
/** Than the command takes: so that kills fall into all of it, on a slow machine too, and some come too late. */
const LONGER = 1.25

test('whenever a backup is killed, the one before it is still there, and whole', async t => {
  const seed = 20_261_146
  const random = createRandom(seed)
  using volumes = createVolumes()
  const [reporter] = createReporters(volumes, 1) as [Reporter]
  await age(volumes, Date.now() - 100 * DAY, OLD_TENURES)
  await using receiver = await startReceiver(volumes, trafficSettings)
  using wire = openWire(receiver.port)
  const dir = join(volumes.dir, 'backups')
  const file = join(dir, 'all.sqlite')
  mkdirSync(dir)
  await admin(volumes, 'backup', file)
  const partial = `${file}.partial`
  const longest = LONGER * (await timeOf(startAdmin(volumes, ['backup', file]), partial))
  const counts = { kills: 0, finished: 0, whole: 0 }
  while (counts.kills < KILLS || counts.finished === 0) {
    assert.equal(await sendReport(reporter, wire, reporter.newAddress()), null)
    const backup = startAdmin(volumes, ['backup', file])
    if (await killedOnceItWrites(backup, partial, random.below(longest))) counts.kills += 1
    else counts.finished += 1
    await verify(file)
    counts.whole += 1
  }
  await admin(volumes, 'backup', file)
  t.diagnostic(`seed ${seed}`)
  report(t, 'crash-backup', counts)
  assert.deepEqual(readdirSync(dir), ['all.sqlite'])
})

test('whenever a restore is killed, the database is the one before or the restored one, and whole', async t => {
  const seed = 20_261_147
  const random = createRandom(seed)
  using volumes = createVolumes()
  const [reporter] = createReporters(volumes, 1) as [Reporter]
  await age(volumes, Date.now() - 100 * DAY, OLD_TENURES)
  await using receiver = await startReceiver(volumes, trafficSettings)
  using wire = openWire(receiver.port)
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  const file = join(volumes.dir, 'backup.sqlite')
  await admin(volumes, 'backup', file)
  const staged = `${databaseIn(volumes.dataDir)}.restoring`
  const longest = LONGER * (await timeOf(startAdmin(volumes, ['restore', file]), staged))
  const counts = { kills: 0, asBefore: 0, restored: 0, finished: 0, leftClosed: 0, oldMessagesAccepted: 0 }
  while (counts.kills < KILLS || counts.asBefore === 0 || counts.restored === 0) {
    assert.equal(await sendReport(reporter, wire, reporter.newAddress()), null)
    const sent = reporter.book.at(-1) as SentUpdate
    const restore = startAdmin(volumes, ['restore', file])
    if (await killedOnceItWrites(restore, staged, random.below(longest))) counts.kills += 1
    else counts.finished += 1

    await assertSound(volumes)
    const shown = (await reader.currentOf(reporter.device))?.[0]
    const isRestored = shown === undefined // the backup is of before its first report
    if (!isRestored) assert.deepEqual([shown.address, shown.lastSeen], [sent.address, sent.timestamp])
    counts[isRestored ? 'restored' : 'asBefore'] += 1
    // Where it still stands, it is the same message again; where it does not, it is an old one.
    const refusal = await deliver(reporter, wire, { ...sent })
    if (isRestored && refusal === null) counts.oldMessagesAccepted += 1
    const isClosed = isRestored && refusal === 'clock-behind'
    if (!isClosed) assert.equal(refusal, isRestored ? 'not-newer' : null)
    else {
      // Killed in the moment before it would have opened the door again, which opens by itself in a minute, or so:
      counts.leftClosed += 1
      await admin(volumes, 'restore', file)
    }
  }
  t.diagnostic(`seed ${seed}`)
  report(t, 'crash-restore', counts)
  await admin(volumes, 'restore', file)
  assert.equal(await sendReport(reporter, wire, reporter.newAddress()), null)
  await assertSound(volumes)
})

/** How long it takes from when it has begun to write there, in milliseconds. */
async function timeOf(program: Program, path: string): Promise<number> {
  await beganToWrite(program, path)
  const began = performance.now()
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.output())
  return performance.now() - began
}

/** Kills it so many milliseconds after it has begun to write there; false: it has ended before. */
async function killedOnceItWrites(program: Program, path: string, afterMs: number): Promise<boolean> {
  await beganToWrite(program, path)
  await sleep(afterMs)
  program.child.kill('SIGKILL')
  const { code, signal } = await program.ended
  assert.ok(code === 0 || signal === 'SIGKILL', program.output())
  return signal === 'SIGKILL'
}

/** Once there is another file than the one that a killed program may have left, or the program has ended. */
async function beganToWrite(program: Program, path: string): Promise<void> {
  const identity = () => {
    const { ino, birthtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
    return `${ino} ${birthtimeMs}`
  }
  const leftBehind = identity()
  let isOver = false
  void program.ended.then(() => {
    isOver = true
  })
  while (!isOver && (!existsSync(path) || identity() === leftBehind)) await sleep(1)
}
