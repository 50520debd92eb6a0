import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReader, openStore, sqliteFile } from '@ipupdater/storage'
import { adminFixture } from '../../fixtures/admin.ts'

test('after floor, a report from before it counts no more', async () => {
  const { dataDir, admin, commit } = adminFixture()
  const before = Date.now()
  await commit({ timestamp: before - 1000 })
  const { code, out } = await admin(['floor'])
  assert.deepEqual([code, out.startsWith('Messages from before ')], [0, true])
  await commit({ timestamp: before, address: '203.0.113.8' })
  await using reader = openReader({ sqlite: sqliteFile(dataDir) })
  assert.equal((await reader.history({ limit: 10 }))?.entries.length, 1)
})

test('database setup prints statements for psql, and no password', async () => {
  const { dir, admin } = adminFixture()
  const file = join(dir, 'url')
  writeFileSync(file, 'postgres://ipupdater_receiver:hush-hush@db/ip\n')
  const { code, out } = await admin(['database', 'setup', '--receiver-url-file', file])
  assert.equal(code, 0)
  for (const line of out.trimEnd().split('\n')) assert.match(line, /^--|;$/)
  assert.match(out, /ALTER ROLE ipupdater_receiver PASSWORD 'SCRAM-SHA-256\$4096:[^:']+:[^']+';\n/)
  assert.match(out, /^-- .*\\password ipupdater_viewer$/m)
  assert.doesNotMatch(out, /hush/)
})

const refused: [what: string, args: string[], errors: RegExp][] = [
  ['running the setup without DATABASE_URL', ['database', 'setup', '--run'], /^DATABASE_URL is not set/],
  [
    'a URL of another role',
    ['database', 'setup', '--receiver-url-file', '-'],
    /holds a URL of another user\.\nWhat to do: write one such as postgres:\/\/ipupdater_receiver:PASSWORD@/,
  ],
  ['moving to nowhere', ['move'], /^the target is missing\.\nWhat to do: name it: --to/],
  [
    'a password in the list of processes',
    ['move', '--to', 'postgres://u:hush-hush@db/ip'],
    /^--to holds a password, .*\nWhat to do: write the URL into a file .*--to-url-file/,
  ],
  ['a URL without a database', ['move', '--to', 'postgres://hush:hush@db'], /^--to names no database/],
  ['two targets', ['move', '--to', 'a', '--to-url-file', 'b'], /exclude each other/],
]

for (const [what, args, expected] of refused) {
  test(`${what} is refused as wrong use`, async () => {
    const { admin } = adminFixture()
    const { code, errors } = await admin(args, { input: 'postgres://hush:hush-hush@db/ip\n' })
    assert.match(errors, expected)
    assert.doesNotMatch(errors, /hush|\n {4}at /)
    assert.equal(code, 2)
  })
}

test('move copies to a new directory, and refuses one with devices and the one in use', async () => {
  const { dir, dataDir, admin, commit } = adminFixture()
  await commit({ timestamp: 1_000 }, { timestamp: 2_000, address: '203.0.113.8' }, { device: 'cabin' })
  const to = join(dir, 'new')
  const { code, out } = await admin(['move', '--to', to])
  assert.match(
    out,
    /^Copied and compared: 2 devices, 3 addresses, 0 outages, from .*\/data\/ipupdater.sqlite to .*\/new\/ipupdater.sqlite\.\n/,
  )
  assert.equal(code, 0)
  const read = async (from: string) => {
    await using reader = openReader({ sqlite: sqliteFile(from) }, { now: () => 0 })
    return reader.history({ limit: 10 })
  }
  assert.deepEqual(await read(to), await read(dataDir))

  const again = await admin(['move', '--to', to])
  assert.match(
    again.errors,
    /has devices already\.\nWhat to do: name a database that is new\. Nothing was changed\./,
  )
  const same = await admin(['move', '--to', dataDir])
  assert.match(same.errors, /is the database in use\./)
  assert.deepEqual([again.code, same.code], [1, 2])
})

test('move is refused while a receiver runs', async () => {
  const { dir, dataDir, admin, commit } = adminFixture()
  await commit({})
  await using _receiver = await openStore({ sqlite: sqliteFile(dataDir) }, { reserve: true })
  const { code, errors } = await admin(['move', '--to', join(dir, 'new')])
  assert.match(errors, /^A receiver uses .*\nWhat to do: stop it/)
  assert.equal(code, 1)
})
