import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { adminPlace } from '../../fixtures/admin.ts'

const home = parseDeviceName('home')

async function addressIn(dir: string): Promise<string | undefined> {
  await using reader = openReader({ sqlite: sqliteFile(dir) })
  return (await reader.currentOf(home))?.[0]?.address
}

test('a backup is checked and told with its content, and can be restored', async t => {
  const { admin, commit, dir, dataDir } = adminPlace(t)
  const now = Date.now()
  await commit({ address: '203.0.113.7', timestamp: now - 2_000 })
  const file = join(dir, 'backup.sqlite')
  const backed = await admin(['backup', file])
  assert.match(
    backed.out,
    new RegExp(`^Backed up and checked: ${file} \\(1 device, 1 address, 0 outages\\)\\.\n`),
  )
  assert.match(backed.out, /\nNot in it: the secrets\./)
  assert.deepEqual([backed.code, backed.errors], [0, ''])

  await commit({ address: '203.0.113.8', timestamp: now - 1_000 })
  assert.equal(await addressIn(dataDir), '203.0.113.8')
  const restored = await admin(['restore', file])
  assert.match(restored.out, new RegExp(`^Restored from ${file} \\(1 device, 1 address, 0 outages\\)\\.\n`))
  assert.match(restored.out, /\nWhat stood there before is kept as .*\/data\/\S+\.\n/)
  assert.equal(restored.code, 0)
  assert.equal(await addressIn(dataDir), '203.0.113.7')

  await commit({ address: '203.0.113.8', timestamp: now - 1_000 })
  assert.equal(await addressIn(dataDir), '203.0.113.7', 'a message from before the restore counts no more')
})

test('a damaged backup is refused, and the database stays as it is', async t => {
  const { admin, commit, dir, dataDir } = adminPlace(t)
  await commit({})
  const file = join(dir, 'backup.sqlite')
  await admin(['backup', file])
  truncateSync(file, 5_000)
  const { code, out, errors } = await admin(['restore', file])
  assert.match(errors, /backup\.sqlite is damaged/)
  assert.deepEqual([code, out], [1, ''])
  assert.equal(await addressIn(dataDir), '203.0.113.7')
})

test('with --keep the newest dated backups stay, and no other file is touched', async t => {
  const { admin, commit, dir } = adminPlace(t)
  await commit({})
  const backups = join(dir, 'backups')
  mkdirSync(backups)
  const others = [
    'home.sqlite',
    'home-old.sqlite',
    'cabin-20200101T000000Z.sqlite',
    'home-20200101T000000Z.txt',
  ]
  const old = ['20200101T000000Z', '20200102T000000Z', '20200103T000000Z'].map(time => `home-${time}.sqlite`)
  for (const name of [...others, ...old]) writeFileSync(join(backups, name), '')
  const { code, out } = await admin(['backup', join(backups, 'home.sqlite'), '--keep', '2'])
  const [made, ...surplus] = readdirSync(backups).filter(name => ![...others, ...old].includes(name))
  assert.match(made ?? '', /^home-\d{8}T\d{6}Z\.sqlite$/)
  assert.deepEqual(surplus, [])
  assert.deepEqual(new Set(readdirSync(backups)), new Set([...others, 'home-20200103T000000Z.sqlite', made]))
  assert.match(
    out,
    /\nRemoved the older .*home-20200101T000000Z\.sqlite\.\nRemoved the older .*home-20200102/,
  )
  assert.equal(code, 0)
})

test('without a database there is nothing to back up, and no file is left', async t => {
  const { admin, dir } = adminPlace(t)
  const { code, errors } = await admin(['backup', join(dir, 'backup.sqlite')])
  assert.match(errors, /^there is no .*ipupdater\.sqlite/)
  assert.equal(code, 1)
  assert.deepEqual(readdirSync(dir), [])
})
