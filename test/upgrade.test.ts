import assert from 'node:assert/strict'
import { copyFileSync, globSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Proof } from '@ipupdater/protocol'
import {
  encodeUpdate,
  parseAddress,
  parseDeviceName,
  parseSecret,
  signRequest,
  verifyProof,
} from '@ipupdater/protocol'
import type { HistoryEntry, Reader } from '@ipupdater/storage'
import { isContested, isLate, openReader, openStore, restore, sqliteFile } from '@ipupdater/storage'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

/*
 * Opens databases of released versions with the current one. `test/fixtures/make-database.ts` wrote each at its release,
 * always with the same reports.
 */

const fixtures = join(import.meta.dirname, 'fixtures')
const secret = parseSecret('a made-up secret for fixtures')
const START = Date.UTC(2026, 0, 5, 8)
const minutes = (count: number) => START + count * 60_000
const device = (name: string) => parseDeviceName(name)

for (const file of globSync('database-*.sqlite', { cwd: fixtures })) {
  test(`${file} shows the current address of each device`, async t => {
    const { reader } = await opened(t, file)
    const { addresses } = await reader.current({ limit: 10 })
    assert.deepEqual(
      addresses.map(a => `${a.device} ${a.address} ${a.firstSeen - START} ${a.lastSeen - START}`),
      [
        'boat 203.0.113.5 60000 960000',
        'cabin 203.0.113.20 360000 360000',
        'home 198.51.100.11 600000 4500000',
        'home 2001:db8:b::1 4200000 4200000',
        'office 2001:db8:c::1 480000 18000000',
      ],
    )
    assert.deepEqual(
      addresses.map(({ confirmations }) => confirmations),
      [2, 1, 3, 1, 2],
    )
  })

  test(`${file} shows who is late and who is contested`, async t => {
    const { reader } = await opened(t, file)
    const { addresses } = await reader.current({ limit: 10 })
    const late = addresses.filter(a => isLate(a.reportedAt, a.interval, minutes(76)))
    assert.deepEqual([...new Set(late.map(a => a.device))], ['boat', 'cabin'])
    const contested = addresses.filter(a => isContested(a.flippedAt, minutes(30)))
    assert.deepEqual(
      contested.map(a => [a.device, a.flips]),
      [['cabin', 2]],
    )
  })

  test(`${file} shows the whole history, outages included`, async t => {
    const { reader } = await opened(t, file)
    const history = async (name: string) =>
      (await reader.history({ device: device(name), limit: 100 }))?.entries.map(described)
    assert.deepEqual(await history('home'), [
      'outage 80-',
      '2001:db8:b::1 70-70',
      'outage 15-70',
      '198.51.100.11 10-75',
      '2001:db8:a::1 0-0',
      '198.51.100.10 0-5',
    ])
    assert.deepEqual(await history('boat'), ['outage 31-', '203.0.113.5 1-16'])
    assert.deepEqual(await history('cabin'), [
      'outage 11-',
      '203.0.113.20 6-6',
      '198.51.100.20 4-4',
      '203.0.113.20 3-3',
      '198.51.100.20 2-2',
    ])
    assert.deepEqual(await history('office'), ['2001:db8:c::1 8-300'])
  })

  test(`${file} keeps the proof of every address`, async t => {
    const { reader } = await opened(t, file)
    const entries = (await reader.history({ limit: 100 }))?.entries ?? []
    const tenures = entries.filter(entry => entry.kind === 'tenure')
    assert.equal(tenures.length, 10)
    for (const { proof, ...shown } of tenures) {
      const proven = verifyProof(proof as Proof, [secret])
      assert.deepEqual(
        [proven.device, proven.address, proven.timestamp],
        [shown.device, shown.address, shown.lastSeen],
      )
    }
  })

  test(`${file} keeps each device's interval, skew and secret age`, async t => {
    const { reader } = await opened(t, file)
    const { devices } = await reader.devices({ limit: 10 })
    assert.deepEqual(
      devices.map(({ device, interval, skewMs, secretAdded }) => [device, interval, skewMs, secretAdded]),
      [
        ['boat', 900, -3_600_000, START - 3_600_000],
        ['cabin', 300, 0, START - 3_600_000],
        ['home', 300, 0, START - 3_600_000],
        ['office', null, 0, START - 3_600_000],
      ],
    )
  })

  test(`opening ${file} first makes a backup that can be restored`, async t => {
    const { dir, reader, store } = await opened(t, file)
    const [backup] = globSync('ipupdater.sqlite.schema-*', { cwd: dir })
    if (backup === undefined) return t.diagnostic('no backup, because it has the current schema')
    await store.commit(report(minutes(90)))
    const { restored } = await restore({ dir, file: join(dir, backup), now: () => minutes(100) })
    assert.deepEqual([restored.devices, restored.tenures, restored.outages], [4, 10, 1])
    assert.equal((await reader.currentOf(device('home'), 4))?.[0]?.lastSeen, minutes(75))
  })

  test(`${file} takes a new report, and refuses one that is not newer`, async t => {
    const { reader, store } = await opened(t, file)
    assert.deepEqual(await store.commit(report(minutes(90))), {
      result: 'refreshed',
      address: '198.51.100.11',
      firstSeen: minutes(10),
      lastSeen: minutes(90),
    })
    assert.deepEqual(await store.commit(report(minutes(90) - 1)), { refused: 'not-newer', last: minutes(90) })
    const [shown] = (await reader.currentOf(device('home'), 4)) ?? []
    assert.deepEqual([shown?.confirmations, shown?.lastSeen], [4, minutes(90)])
    assert.equal(shown && verifyProof(shown.proof as Proof, [secret]).timestamp, minutes(90))
  })
}

/** A copy of the fixture, open for writing, and for reading four hours later. */
async function opened(t: TestContext, file: string) {
  const dir = temporaryDirectory()
  copyFileSync(join(fixtures, file), join(dir, 'ipupdater.sqlite'))
  const store = await openStore({ sqlite: sqliteFile(dir) })
  t.after(() => store[Symbol.asyncDispose]())
  const reader: Reader = openReader({ sqlite: sqliteFile(dir) }, { now: () => minutes(240) })
  t.after(() => reader[Symbol.asyncDispose]())
  return { dir, store, reader }
}

function report(timestamp: number) {
  const address = parseAddress('198.51.100.11')
  const { request } = signRequest('ipupdater-update', encodeUpdate({ address, timestamp, interval: 300 }), {
    device: device('home'),
    secret,
    created: timestamp / 1000,
    nonce: Buffer.alloc(16, 99).toString('base64url'),
  })
  const evidence = { kind: 'signed' as const, proof: request.proof, skewMs: 0, secretAdded: START }
  return { device: request.device, address, at: timestamp, interval: 300, evidence }
}

/** Times are minutes after START. */
function described(entry: HistoryEntry): string {
  const at = (time: number | null) => (time === null ? '' : (time - START) / 60_000)
  if (entry.kind === 'outage') return `outage ${at(entry.from)}-${at(entry.to)}`
  return `${entry.address} ${at(entry.firstSeen)}-${at(entry.lastSeen)}`
}
