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
/** Per moved device: enough to make a copy slow. */
const OLD_TENURES = 5_000
const KILLS = 20
/** Times the command's duration, so that kills hit all of it and some come too late. */
const LONGER = 1.25

test('a killed backup leaves the previous one intact', async t => {
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

test('after a killed restore, the database is the old or the restored one, and intact', async t => {
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
    const isRestored = shown === undefined // the backup is older than its first report
    if (!isRestored) assert.deepEqual([shown.address, shown.lastSeen], [sent.address, sent.timestamp])
    counts[isRestored ? 'restored' : 'asBefore'] += 1
    // A retry if the database has it, otherwise a replay.
    const refusal = await deliver(reporter, wire, { ...sent })
    if (isRestored && refusal === null) counts.oldMessagesAccepted += 1
    const isClosed = isRestored && refusal === 'clock-behind'
    if (!isClosed) assert.equal(refusal, isRestored ? 'not-newer' : null)
    else {
      // Killed before it allowed reports again. They are allowed in about a minute, or by this restore.
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

/** Milliseconds from its first write to that path to its end. */
async function timeOf(program: Program, path: string): Promise<number> {
  await beganToWrite(program, path)
  const began = performance.now()
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.output())
  return performance.now() - began
}

/** Kills it `afterMs` after its first write to `path`; false if it had ended. */
async function killedOnceItWrites(program: Program, path: string, afterMs: number): Promise<boolean> {
  await beganToWrite(program, path)
  await sleep(afterMs)
  program.child.kill('SIGKILL')
  const { code, signal } = await program.ended
  assert.ok(code === 0 || signal === 'SIGKILL', program.output())
  return signal === 'SIGKILL'
}

/** Waits for the program's end, or for a file that is not left over from a killed one. */
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
