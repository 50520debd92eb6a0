import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { backup, openReader, sqliteFile } from '@ipupdater/storage'
import { adminFixture } from '../../fixtures/admin.ts'

const home = parseDeviceName('home')

async function addressIn(dir: string): Promise<string | undefined> {
  await using reader = openReader({ sqlite: sqliteFile(dir) })
  return (await reader.currentOf(home))?.[0]?.address
}

test('a backup holds database and registry, and a restore on an empty server puts both back', async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  const registry = readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')
  await commit({ address: '203.0.113.7' })
  const file = join(dir, 'backup.sqlite')
  const backed = await admin(['backup', file])
  assert.equal(
    backed.out,
    `Backed up and checked: ${file} (1 device, 1 address, 0 outages; registry of 1 device).
It contains the secrets of the registered devices: keep it to yourself.
`,
  )
  assert.deepEqual([backed.code, backed.errors], [0, ''])
  assert.equal(statSync(file).mode & 0o777, 0o600)

  for (const volume of [dataDir, keysDir]) rmSync(volume, { recursive: true })
  const restored = await admin(['restore', file])
  assert.equal(
    restored.out,
    `Restored from ${file} (1 device, 1 address, 0 outages; registry of 1 device).
Not registered before, in the backup: home.
Messages from before this moment are refused: devices report again at their next turn.
`,
  )
  assert.equal(restored.code, 0)
  assert.equal(await addressIn(dataDir), '203.0.113.7')
  assert.equal(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8'), registry)
  assert.equal(statSync(join(keysDir, 'devices.jsonl')).mode & 0o777, 0o600)
})

test('a restore keeps what was there before, and says which devices differ', async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  const now = Date.now()
  const file = join(dir, 'backup.sqlite')
  for (const device of ['home', 'cabin']) await admin(['device', 'add', device])
  await commit({ address: '203.0.113.7', timestamp: now - 2_000 })
  await admin(['backup', file])
  await commit({ address: '203.0.113.8', timestamp: now - 1_000 })
  await admin(['device', 'remove', 'cabin'])
  await admin(['device', 'rotate', 'home'])
  await admin(['device', 'add', 'boat'])
  const registry = readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')

  const { out, code } = await admin(['restore', file])
  assert.match(out, /\nRegistered before, not in the backup: boat\.\n/)
  assert.match(out, /\nNot registered before, in the backup: cabin\.\n/)
  assert.match(out, /\nWith other secrets than before: home\.\n/)
  const [, database = ''] = /\nThe database from before is kept as (.*\/data\/\S+)\.\n/.exec(out) ?? []
  const [, kept = ''] = /\nThe registry from before is kept as (.*\/keys\/\S+)\.\n/.exec(out) ?? []
  assert.equal(readFileSync(kept, 'utf8'), registry)
  assert.equal(statSync(kept).mode & 0o777, 0o600)
  assert.equal(code, 0)
  assert.equal(await addressIn(dataDir), '203.0.113.7')
  await commit({ address: '203.0.113.8', timestamp: now - 1_000 })
  assert.equal(await addressIn(dataDir), '203.0.113.7', 'a message from before the restore is refused')

  assert.equal((await admin(['restore', database])).code, 0)
  assert.equal(await addressIn(dataDir), '203.0.113.8')
})

test('a restore lets no secret reach the directory that the viewer reads, not even in a free page', async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  const secret = 'a secret to look for everywhere'
  await admin(['device', 'add', 'home', '--secret-file', '-'], { input: secret })
  await commit({})
  const file = join(dir, 'backup.sqlite')
  await admin(['backup', file])
  assert.ok(readFileSync(file, 'latin1').includes(secret))
  await admin(['restore', file])
  for (const name of readdirSync(dataDir)) {
    assert.ok(!readFileSync(join(dataDir, name), 'latin1').includes(secret), name)
  }
  assert.ok(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8').includes(secret))
})

test('an old backup without a registry is restored, and leaves the registered devices', async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  await commit({})
  const file = join(dir, 'old.sqlite')
  copyFileSync(join(dataDir, 'ipupdater.sqlite'), file) // the receiver is stopped: so were backups before
  const registry = readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')
  const { out, code } = await admin(['restore', file])
  assert.match(out, /^Restored from \S+ \(1 device, 1 address, 0 outages; no registry\)\.\n/)
  assert.match(out, /\nThis backup is an old one without the registry: the registered devices stay/)
  assert.equal(code, 0)
  assert.equal(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8'), registry)
})

test('a backup whose registry is damaged changes nothing', async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  await commit({})
  const file = join(dir, 'backup.sqlite')
  await admin(['backup', file])
  {
    using database = new DatabaseSync(file)
    database.exec(`UPDATE registry SET line = 'hush-hush'`)
  }
  const standing = [dataDir, keysDir].map(volume => readdirSync(volume))
  const { errors, code } = await admin(['restore', file])
  assert.match(errors, /^line 1 of the registry in \S+backup\.sqlite is not JSON\.\n/)
  assert.doesNotMatch(errors, /hush/)
  assert.equal(code, 1)
  assert.deepEqual(
    [dataDir, keysDir].map(volume => readdirSync(volume)),
    standing,
  )
})

test('a registry that cannot be read stops the backup, and no file is left', async () => {
  const { admin, commit, dir, keysDir } = adminFixture()
  await commit({})
  writeFileSync(join(keysDir, 'devices.jsonl'), 'hush-hush')
  const before = readdirSync(dir)
  const { errors, code } = await admin(['backup', join(dir, 'backup.sqlite')])
  assert.match(errors, /^line 1 of \S+devices\.jsonl is not JSON\.\n/)
  assert.equal(code, 1)
  assert.deepEqual(readdirSync(dir), before)
})

test('the secret of SECRET is not in the backup, which says so', async () => {
  const { admin, commit, dir } = adminFixture()
  await commit({})
  const { out } = await admin(['backup', join(dir, 'backup.sqlite')], {
    env: { SECRET: 'a secret of my own' },
  })
  assert.match(out, /\nNot in it: the secret of home, which is SECRET in the receiver's environment\.\n/)
})

test('in a container, the command that copies a backup out works from any directory', async () => {
  const { admin, commit, dir } = adminFixture()
  await commit({})
  const file = join(dir, 'backup.sqlite')
  const { out } = await admin(['backup', file], { env: { container: 'docker' } })
  const line = `(umask 077; docker compose exec -T receiver cat ${file} > backup.sqlite)`
  assert.ok(out.endsWith(`\nTo copy it out of the container: ${line}\n`), out)
  assert.doesNotMatch((await admin(['backup', file])).out, /docker/)
  const spaced = await admin(['backup', join(dir, "a b's.sqlite")], { env: { container: 'docker' } })
  assert.ok(spaced.out.includes("b'\\''s.sqlite' > 'a b'\\''s.sqlite')"), spaced.out)
})

const notBackups: [what: string, file: string, errors: RegExp][] = [
  ['a file that does not exist', '/none', /^There is no file \/none\.$/m],
  ['a directory', '/', /^\/ is a directory, not a backup\.$/m],
  ['a file of another program', import.meta.filename, /^\S+backup\.test\.ts is not an ipupdater backup\.$/m],
]
for (const [what, file, expected] of notBackups) {
  test(`restoring ${what} names the fault, without SQL, and makes nothing`, async () => {
    const { admin, dir, dataDir, keysDir } = adminFixture()
    for (const volume of [dataDir, keysDir]) rmSync(volume, { recursive: true })
    const { errors, out, code } = await admin(['restore', file])
    assert.match(errors, expected)
    assert.match(errors, /\nWhat to do: name a file that "ipupdater-admin backup" has written/)
    assert.doesNotMatch(errors, /SELECT|SQLITE/i)
    assert.deepEqual([out, code], ['', 1])
    assert.deepEqual(readdirSync(dir), [], 'no directory and no lock is left')
  })
}

test('restoring a named pipe is refused at once, and makes nothing', { timeout: 20_000 }, async () => {
  const { admin, dir, dataDir, keysDir } = adminFixture()
  for (const volume of [dataDir, keysDir]) rmSync(volume, { recursive: true })
  const pipe = join(dir, 'pipe')
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0)
  const { errors, code } = await admin(['restore', pipe])
  assert.match(errors, /pipe is not a regular file\.\nWhat to do: name a file/)
  assert.equal(code, 1)
  assert.deepEqual(readdirSync(dir), ['pipe'])
})

test('the database in use is not restored from itself', async () => {
  const { admin, commit, dataDir } = adminFixture()
  await commit({})
  const { errors, code } = await admin(['restore', join(dataDir, 'ipupdater.sqlite')])
  assert.match(errors, /ipupdater\.sqlite is the database in use\.\nWhat to do: name a backup of it\n/)
  assert.equal(code, 1)
})

test('a damaged backup is refused, and the database stays as it is', async () => {
  const { admin, commit, dir, dataDir } = adminFixture()
  await commit({})
  const file = join(dir, 'backup.sqlite')
  await admin(['backup', file])
  truncateSync(file, 5_000)
  const { code, out, errors } = await admin(['restore', file])
  assert.match(errors, /backup\.sqlite is damaged/)
  assert.deepEqual([code, out], [1, ''])
  assert.equal(await addressIn(dataDir), '203.0.113.7')
})

test('with --keep the newest dated backups stay, and no other file is touched', async () => {
  const { admin, commit, dir, dataDir } = adminFixture()
  await commit({})
  const backups = join(dir, 'backups')
  mkdirSync(backups)
  const others = [
    'home.sqlite',
    'home-old.sqlite',
    'cabin-20200101T000000Z.sqlite',
    'home-20200101T000000Z.txt',
  ]
  const foreign = 'home-20190101T000000Z.sqlite' // the name of an old backup, but not one
  for (const name of [...others, foreign]) writeFileSync(join(backups, name), 'precious')
  const old = ['20200101T000000Z', '20200102T000000Z', '20200103T000000Z'].map(time => `home-${time}.sqlite`)
  for (const name of old) await backup(dataDir, join(backups, name))

  const { code, out } = await admin(['backup', join(backups, 'home.sqlite'), '--keep', '2', '--force'])
  const [made, ...surplus] = readdirSync(backups).filter(name => ![...others, foreign, ...old].includes(name))
  assert.match(made ?? '', /^home-\d{8}T\d{6}Z\.sqlite$/)
  assert.deepEqual(surplus, [])
  assert.deepEqual(
    new Set(readdirSync(backups)),
    new Set([...others, foreign, 'home-20200103T000000Z.sqlite', made]),
  )
  assert.match(
    out,
    /\nRemoved the older .*home-20200101T000000Z\.sqlite\.\nRemoved the older .*home-20200102/,
  )
  assert.equal(code, 0)
})

const missing: [what: string, change: (dir: string) => void, errors: RegExp][] = [
  ['a database', () => {}, /^there is no .*ipupdater\.sqlite/],
  [
    'a data directory',
    dir => rmSync(join(dir, 'data'), { recursive: true }),
    /^DATA_DIR=\S+ is not a directory\.\n/,
  ],
  [
    'a directory of the registry',
    dir => rmSync(join(dir, 'keys'), { recursive: true }),
    /^KEYS_DIR=\S+ is not a directory\.\n/,
  ],
]
for (const [what, change, expected] of missing) {
  test(`without ${what} nothing is backed up, and no file is left`, async () => {
    const { admin, dir } = adminFixture()
    change(dir)
    const before = readdirSync(dir)
    const { code, errors } = await admin(['backup', join(dir, 'backup.sqlite')])
    assert.match(errors, expected)
    assert.notEqual(code, 0)
    assert.deepEqual(readdirSync(dir), before)
  })
}

test('a directory that may not be written is named, not the database', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  await commit({})
  const { chownSync } = await import('node:fs')
  chmodSync(dir, 0o755)
  for (const path of [dataDir, keysDir, join(dataDir, 'ipupdater.sqlite')]) chownSync(path, 65534, 65534)
  const { errors, code } = await admin(['backup', join(dir, 'backup.sqlite')], { uid: 65534 })
  assert.equal(errors, `${dir} cannot be written by uid 65534.\nWhat to do: name another directory\n`)
  assert.equal(code, 1)
})

test('a restore replaces a damaged registry, and keeps it', async () => {
  const { admin, commit, dir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  await commit({})
  const file = join(dir, 'backup.sqlite')
  await admin(['backup', file])
  const registry = readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')
  writeFileSync(join(keysDir, 'devices.jsonl'), 'damaged')
  const { out, code } = await admin(['restore', file])
  assert.equal(code, 0)
  const [, kept = ''] = /\nThe registry from before is kept as (\S+)\.\n/.exec(out) ?? []
  assert.equal(readFileSync(kept, 'utf8'), 'damaged')
  assert.equal(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8'), registry)
})

test('a backup that is restored twice keeps no second copy of the same registry', async () => {
  const { admin, commit, dir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  await commit({})
  const file = join(dir, 'backup.sqlite')
  await admin(['backup', file])
  const { out } = await admin(['restore', file])
  assert.doesNotMatch(out, /registry from before|Registered before|Not registered|other secrets/)
  assert.deepEqual(readdirSync(keysDir).sort(), ['devices.jsonl', 'devices.lock'])
})

test('the backup just made stays, even if older ones have a later time in their names', async () => {
  const { admin, commit, dir, dataDir } = adminFixture()
  await commit({})
  const backups = join(dir, 'backups')
  mkdirSync(backups)
  const ahead = ['29990101T000000Z', '29990102T000000Z'].map(time => `home-${time}.sqlite`)
  for (const name of ahead) await backup(dataDir, join(backups, name))
  for (const keep of ['1', '2']) {
    const { code, out } = await admin(['backup', join(backups, 'home.sqlite'), '--keep', keep])
    assert.equal(code, 0)
    const [, made = ''] = /^Backed up and checked: (\S+)/.exec(out) ?? []
    assert.equal(statSync(made).isFile(), true, `--keep ${keep}`)
    assert.ok(readdirSync(backups).length <= Number(keep))
  }
})

test('a backup under the name of a temporary file of the restore is refused and stays', async () => {
  const { admin, commit, dir, dataDir, keysDir } = adminFixture()
  await commit({})
  const file = join(dir, 'copy.sqlite')
  await backup(dataDir, file)
  for (const taken of [`${sqliteFile(dataDir)}.restoring`, join(keysDir, 'devices.jsonl.restoring')]) {
    mkdirSync(keysDir, { recursive: true })
    copyFileSync(file, taken)
    const { code, errors } = await admin(['restore', taken])
    assert.equal(code, 1)
    assert.match(errors, /has the name of a temporary file of this command/)
    assert.deepEqual(readFileSync(taken), readFileSync(file))
  }
})

for (const [what, mount, expected] of [
  [
    'read-only',
    'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"',
    /^\S+ is read-only\.\nWhat to do: name another/,
  ],
  [
    'full',
    'mount -t tmpfs -o size=40k small "$0"',
    /^no space is left for the copy in \S+\.\nWhat to do: free some, or name/,
  ],
] as const) {
  test(`a directory for backups that is ${what} is named as the cause`, async t => {
    const { commit, dir, env } = adminFixture()
    const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', `${mount} && exec "$@"`]
    const backups = join(dir, 'backups')
    mkdirSync(backups)
    if (spawnSync('unshare', [...unshare, backups, 'true']).status !== 0) return t.skip('needs unshare')
    await commit({})
    const program = join(import.meta.dirname, '..', 'main.ts')
    const args = [...unshare, backups, process.execPath, program, 'backup', join(backups, 'b.sqlite')]
    const { stderr, status } = spawnSync('unshare', args, {
      env: { ...env, PATH: process.env.PATH },
      encoding: 'utf8',
    })
    assert.match(stderr, expected)
    assert.equal(status, 1)
  })
}

for (const command of ['backup', 'restore']) {
  test(`${command} with DATABASE_URL names PostgreSQL's own tools, and shows no password`, async () => {
    const { admin, dir } = adminFixture()
    const env = { DATABASE_URL: 'postgres://me:hush-hush@127.0.0.1/ip' }
    const { code, out, errors } = await admin([command, join(dir, 'copy')], { env })
    assert.equal(code, 2)
    assert.match(errors, /DATABASE_URL is set.*\n?.*pg_dump and pg_restore/)
    assert.doesNotMatch(out + errors, /hush/)
    assert.equal(existsSync(join(dir, 'copy')), false)
  })
}
