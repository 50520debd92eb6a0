import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, sqliteFile, verify } from '@ipupdater/storage'
import type { Volumes } from '../fixtures/programs.ts'
import { startAdmin } from '../fixtures/programs.ts'
import { report } from './counts.ts'
import { admin, openDiskFixture } from './disk/disk-fixture.ts'
import { setSchema } from './disk/other-program.ts'
import { assertHistory, assertSound, databaseIn } from './traffic/agreement.ts'
import type { Reporter, SentUpdate } from './traffic/reporter.ts'
import { deliver, isCounted, report as reportFrom } from './traffic/reporter.ts'
import { openWire } from './traffic/wire.ts'

const KEEP = 3

test('a backup under load is sound and complete, and only the newest N are kept', async t => {
  await using fixture = await openDiskFixture(20_261_151)
  const { volumes, reporters } = fixture
  const dir = join(volumes.dir, 'backups')
  mkdirSync(dir)
  writeFileSync(join(dir, 'all-else.sqlite'), 'not a backup')
  const copies: Copy[] = []
  await using traffic = fixture.traffic()
  await traffic.underWay
  for (let turn = 0; turn < 6; turn++) {
    const before = reporters.map(({ book }) => book.filter(isCounted).length)
    const said = await admin(volumes, 'backup', join(dir, 'all.sqlite'), '--keep', String(KEEP))
    const signed = reporters.map(({ book }) => book.length)
    const [, file = ''] = /^Backed up and checked: (\S+) \(/m.exec(said) ?? []
    // File names have seconds, and pruning removes this file later.
    copies.push({ name: basename(file), volumes: copyOf(volumes, `copy-${turn}`, file), before, signed })
    await sleep(1000 - (Date.now() % 1000))
  }
  await traffic.stop()
  const { 'not-newer': _sameMillisecond, ...refused } = traffic.refused()
  assert.deepEqual(refused, {})

  for (const copy of copies) await assertComplete(copy, reporters)
  const newest = copies.slice(-KEEP).map(({ name }) => name)
  assert.deepEqual(readdirSync(dir).sort(), ['all-else.sqlite', ...newest].sort())
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  await assertHistory(reporters, reader)
  const good = { sound: copies.length, kept: newest.length }
  report(t, 'backup-copies', { backups: copies.length, ...good, acknowledged: traffic.acknowledged() })
})

test('restore refuses a file that is not a sound backup, and changes nothing', async t => {
  await using fixture = await openDiskFixture(20_261_152)
  const { volumes, reporters } = fixture
  await fixture.work()
  const good = join(volumes.dir, 'good.sqlite')
  await admin(volumes, 'backup', good)
  const bad = await unfit(volumes, good)
  const standing = readdirSync(volumes.dataDir)
  let acknowledged = 0
  {
    await using traffic = fixture.traffic()
    await traffic.underWay
    for (const { file, why } of bad) await assertRefused(volumes, file, why)
    await traffic.stop()
    acknowledged = traffic.acknowledged()
    const { 'not-newer': _sameMillisecond, ...refused } = traffic.refused()
    assert.deepEqual(refused, {})
  }
  assert.deepEqual(readdirSync(volumes.dataDir), standing)
  {
    await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
    await assertHistory(reporters, reader)
  }
  await assertSound(volumes)

  await fixture.close()
  const atRest = readdirSync(volumes.dataDir)
  const bytes = readFileSync(databaseIn(volumes.dataDir))
  for (const { file, why } of bad) await assertRefused(volumes, file, why)
  assert.deepEqual(readdirSync(volumes.dataDir), atRest)
  assert.ok(bytes.equals(readFileSync(databaseIn(volumes.dataDir))))
  report(t, 'backup-refused', { files: bad.length, refused: bad.length * 2, acknowledged, changed: 0 })
})

test('after the restore of an old backup, replays are refused and new reports accepted', async t => {
  await using fixture = await openDiskFixture(20_261_153)
  const { volumes, reporters, receiver } = fixture
  await fixture.work()
  const file = join(volumes.dir, 'old.sqlite')
  await admin(volumes, 'backup', file)
  const known = reporters.map(reporter => ({ ...reporter, book: reporter.book.filter(isCounted) }))
  await fixture.work(receiver, 1_000)
  const since = reporters.map(({ book }, index) => book.filter(isCounted).slice(known[index]?.book.length))
  await admin(volumes, 'restore', file)

  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  await assertHistory(known, reader)
  const replayed = { replayed: 0, accepted: 0 }
  const replay = async () => {
    for (const [index, reporter] of known.entries()) {
      using wire = openWire(receiver.port)
      for (const update of since[index] as SentUpdate[]) {
        replayed.replayed += 1
        const refusal = await deliver(reporter, wire, { ...update })
        if (refusal === null) replayed.accepted += 1
        else assert.equal(refusal, 'not-newer')
      }
    }
  }
  await replay()
  await assertHistory(known, reader)
  for (const [index, reporter] of known.entries()) {
    using wire = openWire(receiver.port)
    assert.equal(await reportFrom(reporter, wire, (reporters[index] as Reporter).newAddress()), null)
  }
  await replay()
  report(t, 'backup-restored', { ...replayed, fresh: known.length })
  assert.equal(replayed.accepted, 0)
  assert.ok(replayed.replayed >= 1_000)
  await assertHistory(known, reader)
  await assertSound(volumes)
})

interface Copy {
  readonly name: string
  readonly volumes: Pick<Volumes, 'dataDir'>
  /** Updates of each reporter that were acknowledged when the backup began. */
  readonly before: readonly number[]
  /** How many each had signed at its end. */
  readonly signed: readonly number[]
}

/** A new data directory with a copy of this file as database. */
function copyOf({ dir }: Volumes, name: string, file: string): Pick<Volumes, 'dataDir'> {
  const dataDir = join(dir, name)
  mkdirSync(dataDir)
  copyFileSync(file, databaseIn(dataDir))
  return { dataDir }
}

/** It has each reporter's first updates: all from before it, and none from after it. */
async function assertComplete(
  { volumes, before, signed }: Copy,
  reporters: readonly Reporter[],
): Promise<void> {
  assert.equal((await verify(databaseIn(volumes.dataDir))).devices, reporters.length)
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  for (const [index, reporter] of reporters.entries()) {
    const current = (await reader.currentOf(reporter.device))?.[0]
    const counted = reporter.book.filter(isCounted)
    const stored = 1 + counted.findIndex(({ timestamp }) => timestamp === current?.lastSeen)
    const most = reporter.book.slice(0, signed[index]).filter(isCounted).length
    const least = before[index] ?? 0
    assert.ok(least <= stored && stored <= most, `${reporter.device}: ${least} ≤ ${stored} ≤ ${most}`)
    await assertHistory([{ ...reporter, book: counted.slice(0, stored) }], reader)
  }
}

interface Unfit {
  readonly file: string
  readonly why: RegExp
}

/** Files that must not be restored, most of them made from a good one. */
async function unfit({ dir }: Volumes, good: string): Promise<Unfit[]> {
  const from = (name: string) => {
    const file = join(dir, name)
    copyFileSync(good, file)
    return file
  }
  const damaged = from('damaged.sqlite')
  const bytes = readFileSync(good)
  writeFileSync(damaged, bytes.fill('damage ', 4096, bytes.length / 2))
  const headless = from('headless.sqlite')
  writeFileSync(headless, readFileSync(good).fill('damage ', 0, 4096))
  const cut = from('cut.sqlite')
  truncateSync(cut, Math.floor(bytes.length / 2))
  const empty = from('empty.sqlite')
  truncateSync(empty, 0)
  const newer = from('newer.sqlite')
  await setSchema(1_000, newer)
  const foreign = join(dir, 'foreign.sqlite')
  using database = new DatabaseSync(foreign)
  database.exec('CREATE TABLE devices (id INTEGER PRIMARY KEY, name TEXT); PRAGMA user_version = 1')
  const text = join(dir, 'text.sqlite')
  writeFileSync(text, 'device,address\nhome,192.0.2.1\n')
  return [
    { file: damaged, why: /damaged/ },
    { file: headless, why: /is not an ipupdater backup/ },
    { file: cut, why: /damaged/ },
    { file: empty, why: /empty/ },
    { file: newer, why: /was written by a newer version/ },
    { file: foreign, why: /is not an ipupdater backup/ },
    { file: text, why: /is not an ipupdater backup/ },
    { file: join(dir, 'nowhere.sqlite'), why: /[Tt]here is no file/ },
  ]
}

async function assertRefused(volumes: Volumes, file: string, why: RegExp): Promise<void> {
  const restoring = startAdmin(volumes, ['restore', file])
  const { code } = await restoring.ended
  assert.equal(code, 1, `${file}: ${restoring.output()}`)
  assert.match(restoring.output(), why)
  assert.doesNotMatch(restoring.output(), /\n {4}at /) // an operator gets no stack trace
}
