import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { adminFixture } from '../../fixtures/admin.ts'

test('a new device gets a secret and the commands that start its client', async () => {
  const { admin, keysDir } = adminFixture()
  const { code, out, errors } = await admin(['device', 'add', 'home'], {
    env: { PUBLIC_URL: 'http://ddns.example.org:8080' },
  })
  const secret = /^ {2}(\S{43})$/m.exec(out)?.[1]
  assert.equal(
    out,
    `Device home is registered.
Its secret, which is not shown again:

  ${secret}

On the home machine, with the image made once by "docker build -t ipupdater-client -f Dockerfile.client .":

  docker run -d --name ipupdater --restart unless-stopped --read-only --cap-drop ALL --security-opt no-new-privileges -e SERVER_URL=http://ddns.example.org:8080 -e DEVICE=home -e SECRET=${secret} ipupdater-client

That line puts the secret into the history of the shell. To keep it out, write these lines into a file
ipupdater.env (mode 0600), and give docker run "--env-file ipupdater.env" instead of the three -e:

  SERVER_URL=http://ddns.example.org:8080
  DEVICE=home
  SECRET=${secret}

Without Docker there, in a clone of this repository after "npm ci", with the secret as the only line of a file
home.secret (mode 0600):

  SERVER_URL=http://ddns.example.org:8080 DEVICE=home SECRET_FILE=./home.secret npm run -s client -- run

`,
  )
  assert.deepEqual([code, errors], [0, ''])
  assert.equal(JSON.parse(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')).secrets[0].secret, secret)
})

test('in a container, only the ways with Docker are shown', async () => {
  const { out } = await adminFixture().admin(['device', 'add', 'home'], { env: { container: 'docker' } })
  assert.match(out, /docker run -d/)
  assert.doesNotMatch(out, /Without Docker/)
})

test('without PUBLIC_URL the commands have a placeholder for the server, which is explained', async () => {
  const { out } = await adminFixture().admin(['device', 'add', 'home'])
  assert.match(out, / -e SERVER_URL=http:\/\/YOUR-SERVER:8080 /)
  assert.match(out, /\nYOUR-SERVER stands for .* Set PUBLIC_URL/)
})

test('a given secret is used and not printed', async () => {
  const { admin, dir, keysDir } = adminFixture()
  const file = join(dir, 'secret')
  writeFileSync(file, 'a secret of my own\n')
  const fromFile = await admin(['device', 'add', 'home', '--secret-file', file])
  const fromInput = await admin(['device', 'add', 'cabin', '--secret-file', '-'], {
    input: 'another of my own\n',
  })
  for (const { code, out } of [fromFile, fromInput]) {
    assert.equal(code, 0)
    assert.doesNotMatch(out, /of my own/)
    assert.match(out, / -e SECRET=ITS-SECRET /)
  }
  assert.match(
    readFileSync(join(keysDir, 'devices.jsonl'), 'utf8'),
    /"a secret of my own".*\n.*"another of my own"/,
  )
})

test('the device of SECRET cannot be changed here, only in the environment', async () => {
  const { admin } = adminFixture()
  const env = { SECRET: 'the secret of the home', DEVICE: 'home' }
  for (const command of ['add', 'rotate', 'remove']) {
    const { code, errors } = await admin(['device', command, 'home'], { env })
    assert.match(
      errors,
      /^home has its secret from SECRET in the receiver's environment.*\nWhat to do: change it there/,
    )
    assert.doesNotMatch(errors, /the secret of the home/)
    assert.equal(code, 1)
  }
  assert.equal((await admin(['device', 'add', 'cabin'], { env })).code, 0)
})

test('a damaged registry is not changed; the line is named and not shown', async () => {
  const { admin, keysDir } = adminFixture()
  await admin(['device', 'add', 'home'])
  writeFileSync(join(keysDir, 'devices.jsonl'), '{"device":"home","secrets":[{"secret":"hush-hush')
  const { code, errors } = await admin(['device', 'add', 'cabin'])
  assert.match(errors, /^line 1 of .*devices\.jsonl is not JSON\.\nWhat to do: correct that line/)
  assert.doesNotMatch(errors, /hush/)
  assert.equal(code, 1)
})

test('a rotation goes through its stages, and the list shows each', async () => {
  const { admin, commit } = adminFixture()
  const secretsColumn = async () => {
    const { out } = await admin(['device', 'list'])
    return out.split('\n')[1]?.split(/ {2,}/).at(-1)
  }
  const added = async () => JSON.parse((await admin(['device', 'list', '--json'])).out)[0].secrets
  await admin(['device', 'add', 'home'])
  assert.equal(await secretsColumn(), 'one, not used yet')
  const [first] = await added()
  await commit({ secretAdded: first, timestamp: Date.now() - 2_000 })
  assert.equal(await secretsColumn(), 'one')

  const begun = await admin(['device', 'rotate', 'home'])
  assert.match(begun.out, /^Device home has a second secret\. The first is still accepted\.\n/)
  assert.match(
    begun.out,
    /\n {2}docker rm -f ipupdater\n {2}docker run -d .* -e SECRET=\S{43} ipupdater-client\n/,
  )
  assert.match(begun.out, /\nThe old secret ends by itself when home first reports with the new one\.\n/)
  assert.equal(await secretsColumn(), 'two, signs with the old one')
  const again = await admin(['device', 'rotate', 'home'])
  assert.match(again.errors, /^home already has two secrets\.\nWhat to do: .*--finish.*--cancel/)
  assert.equal(again.code, 1)

  const [second] = await added()
  await commit({ secretAdded: second })
  assert.equal(await secretsColumn(), 'two, signs with the new one')
  const finished = await admin(['device', 'rotate', 'home', '--finish'])
  assert.equal(finished.out, 'The old secret of home is no longer accepted. The new one is.\n')
  assert.deepEqual(await added(), [second])

  await admin(['device', 'rotate', 'home'])
  const cancelled = await admin(['device', 'rotate', 'home', '--cancel'])
  assert.equal(cancelled.out, 'The new secret of home is removed. The old one is accepted as before.\n')
  assert.deepEqual(await added(), [second])
})

test('a removed device stays in the list as long as it has a history', async () => {
  const { admin, commit } = adminFixture()
  await admin(['device', 'add', 'home'])
  await commit({})
  const { out } = await admin(['device', 'remove', 'home'])
  assert.match(out, /^Device home is removed: within a second its reports are refused\.\nIts history stays,/)
  assert.match((await admin(['device', 'list'])).out, /^home .* none: removed$/m)
})

test('the list shows last seen in TZ, silence and the clock', async () => {
  const { admin, commit } = adminFixture()
  await admin(['device', 'add', 'fresh'])
  const hour = 3_600_000
  const lastSeen = Date.now() - 26 * hour
  await commit(
    { timestamp: lastSeen, skewMs: 3 * hour },
    { device: 'cabin', skewMs: -10 * 86_400_000, interval: null },
  )
  const { out, code } = await admin(['device', 'list'], {
    env: { TZ: 'Asia/Tokyo', SECRET: 'the secret of the home' },
  })
  const shown = `${new Date(lastSeen + 9 * hour).toISOString().slice(0, 19)}+09:00`
  const [head, ...lines] = out
    .trimEnd()
    .split('\n')
    .map(line => line.split(/ {2,}/))
  assert.deepEqual(head, ['DEVICE', 'LAST SEEN', 'CLOCK', 'SECRETS'])
  assert.match(lines[0]?.[1] ?? '', /, less than a second ago$|, \d+ seconds? ago$/)
  assert.deepEqual(lines[0]?.slice(2), ['10 days behind', 'none: removed'])
  assert.deepEqual(lines.slice(1), [
    ['fresh', 'never', '-', 'one, not used yet'],
    ['home', `${shown}, 1 day ago, LATE`, '3 hours ahead', 'one, from SECRET'],
  ])
  assert.equal(code, 0)
})

test('a DATA_DIR without a database is named next to the list', async () => {
  const { admin, commit } = adminFixture()
  await admin(['device', 'add', 'home'])
  const { out, code } = await admin(['device', 'list'])
  assert.match(out, /\nThere is no database in DATA_DIR=\S+: the receiver makes it when it first starts\.\n$/)
  assert.equal(code, 0)
  await commit({ timestamp: Date.now() })
  assert.doesNotMatch((await admin(['device', 'list'])).out, /There is no database/)
})

test('the list as JSON has no secret in it', async () => {
  const { admin, commit } = adminFixture()
  const { out: addedOut } = await admin(['device', 'add', 'home'])
  const secret = /^ {2}(\S{43})$/m.exec(addedOut)?.[1] ?? assert.fail()
  await commit({ timestamp: 1_763_827_200_000, skewMs: 5_000, secretAdded: 7 })
  const { out } = await admin(['device', 'list', '--json'])
  const [{ secrets, ...state }, ...others] = JSON.parse(out)
  assert.deepEqual(state, {
    device: 'home',
    registered: 'registry',
    lastSeen: 1_763_827_200_000,
    isLate: true,
    skewMs: 5_000,
    signedWith: 7,
  })
  assert.equal(secrets.length, 1)
  assert.deepEqual(others, [])
  assert.ok(!out.includes(secret))
})

test('an empty list says how to add a device', async () => {
  const { out } = await adminFixture().admin(['device', 'list'])
  assert.equal(out, 'No device is registered. Add one: ipupdater-admin device add home\n')
})

test('a device that reported while the clock was ahead can report again after a reset, with a new secret', async () => {
  const { admin, commit, dataDir, keysDir } = adminFixture()
  await admin(['device', 'add', 'home', '--secret-file', '-'], { input: 'the secret of before' })
  const ahead = Date.now() + 5 * 365 * 86_400_000
  await commit({ timestamp: Date.now() - 60_000 }, { timestamp: ahead })
  const { code, out } = await admin(['device', 'reset', 'home'])
  assert.equal(code, 0)
  const then = `${new Date(ahead).toISOString().slice(0, 19)}+00:00`
  assert.ok(
    out.startsWith(`203.0.113.7 was recorded as last seen at ${then}, which is in the future. It is now`),
    out,
  )
  assert.match(out, /\nDevice home has a new secret\. The old one is no longer accepted\.\n/)
  assert.match(out, /\n {2}docker rm -f ipupdater\n {2}docker run -d .* -e SECRET=\S{43} ipupdater-client\n/)
  const registry = readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')
  assert.doesNotMatch(registry, /of before/)

  const now = Date.now() + 1_000
  await commit({ timestamp: now })
  await using reader = openReader({ sqlite: sqliteFile(dataDir) })
  assert.equal((await reader.currentOf(parseDeviceName('home')))?.[0]?.lastSeen, now)
})

test('a reset of a device whose times are right gives it a new secret and leaves its history', async () => {
  const { admin, commit } = adminFixture()
  await admin(['device', 'add', 'home'])
  assert.match((await admin(['device', 'reset', 'home'])).errors, /^there is no \S+ipupdater\.sqlite/)
  await commit({ timestamp: Date.now() - 60_000, device: 'cabin' })
  assert.match((await admin(['device', 'reset', 'home'])).out, /^home has never reported: there are no times/)
  await commit({ timestamp: Date.now() - 60_000 })
  assert.match((await admin(['device', 'reset', 'home'])).out, /^No recorded time of home is in the future/)
  const { code, errors } = await admin(['device', 'reset', 'cabin'])
  assert.match(errors, /^cabin is not registered\./)
  assert.equal(code, 1)
})

test('the device of SECRET is reset too, and its secret has to be changed in the environment', async () => {
  const { admin, commit } = adminFixture()
  await commit({ timestamp: Date.now() + 86_400_000 })
  const { out, code } = await admin(['device', 'reset', 'home'], {
    env: { SECRET: 'the secret of the home' },
  })
  assert.match(
    out,
    /in the future.*\nSet a new SECRET in the receiver's environment and on home, and restart both\.\n$/,
  )
  assert.equal(code, 0)
})

test('a removed device can be forgotten; one that is registered, or unknown, cannot', async () => {
  const { admin, commit } = adminFixture()
  await admin(['device', 'add', 'home'])
  await commit({})
  const registered = await admin(['device', 'forget', 'home'])
  assert.match(
    registered.errors,
    /^home is registered\.\nWhat to do: remove it first: .*device remove home\n/,
  )
  await admin(['device', 'remove', 'home'])
  const { out, code } = await admin(['device', 'forget', 'home'])
  assert.match(out, /^The addresses and the history of home are deleted\./)
  assert.equal(code, 0)
  assert.doesNotMatch((await admin(['device', 'list'])).out, /home {2}/)
  assert.match((await admin(['device', 'forget', 'home'])).errors, /^There is no device home\.\n/)
})
