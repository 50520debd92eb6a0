import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { adminPlace } from '../fixtures/admin.ts'

test('a device that is added gets a secret and the line that starts its client', async t => {
  const { admin, keysDir } = adminPlace(t)
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

`,
  )
  assert.deepEqual([code, errors], [0, ''])
  assert.equal(JSON.parse(readFileSync(join(keysDir, 'devices.jsonl'), 'utf8')).secrets[0].secret, secret)
})

test('without PUBLIC_URL the line has a place for the server, and says so', async t => {
  const { out } = await adminPlace(t).admin(['device', 'add', 'home'])
  assert.match(out, / -e SERVER_URL=http:\/\/YOUR-SERVER:8080 /)
  assert.match(out, /\nYOUR-SERVER stands for .* PUBLIC_URL in \.env/)
})

test('a secret that is given is taken and not repeated', async t => {
  const { admin, dir, keysDir } = adminPlace(t)
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

const misused: [what: string, args: string[], errors: RegExp][] = [
  ['no command', [], /^Usage: ipupdater-admin/],
  ['an unknown command', ['devices'], /^error: unknown command 'devices'\n/],
  ['a name missing', ['device', 'add'], /^error: missing required argument 'name'\n/],
  [
    'a name with a capital',
    ['device', 'add', 'Home'],
    /^"Home" is not a device name: .*\nWhat to do: choose a name such as "home"/,
  ],
  [
    'a secret file missing',
    ['device', 'add', 'home', '--secret-file', '/none'],
    /^--secret-file \/none does not exist\.\n/,
  ],
  [
    'a secret that is short',
    ['device', 'add', 'home', '--secret-file', '-'],
    /the secret has 7 characters: use at least 16\.\n/,
  ],
  ['both ends of a rotation', ['device', 'rotate', 'home', '--finish', '--cancel'], /exclude each other/],
  ['nothing to keep', ['backup', 'x', '--keep', '0'], /^--keep "0" is no number from 1 on\.\n/],
]

for (const [what, args, expected] of misused) {
  test(`${what} is wrong use: told in words, with exit code 2`, async t => {
    const { code, out, errors } = await adminPlace(t).admin(args, { input: 'hunter2\n' })
    assert.match(errors, expected)
    assert.doesNotMatch(errors, /hunter2|\n {4}at /)
    assert.deepEqual([code, out], [2, ''])
  })
}

test('wrong settings are told all at once, with exit code 2', async t => {
  const { code, errors } = await adminPlace(t).admin(['device', 'list'], {
    env: { PORT: 'x', TZ: 'Mars', SECRET: 'hunter2' },
  })
  assert.match(errors, /PORT="x" is not .*\n.*TZ="Mars" is not|TZ="Mars" is not .*\n.*PORT="x" is not/s)
  assert.doesNotMatch(errors, /hunter2/)
  assert.equal(code, 2)
})

test('help needs no settings', async t => {
  const { code, out } = await adminPlace(t).admin(['--help'], { env: { PORT: 'x' } })
  for (const command of ['device', 'backup', 'restore', 'doctor'])
    assert.match(out, new RegExp(`^  ${command} `, 'm'))
  assert.equal(code, 0)
})

const refusals: [what: string, args: string[], errors: RegExp][] = [
  [
    'adding a device again',
    ['device', 'add', 'home'],
    /^home is already registered\.\nWhat to do: .*device rotate NAME/,
  ],
  [
    'removing an unknown device',
    ['device', 'remove', 'cabin'],
    /^cabin is not registered\.\nWhat to do: .*device list/,
  ],
  ['rotating an unknown device', ['device', 'rotate', 'cabin'], /^cabin is not registered\./],
  ['finishing what was not begun', ['device', 'rotate', 'home', '--finish'], /^home has one secret only\./],
  ['restoring a file that is none', ['restore', '/none'], /^there is no file \/none\./],
]

for (const [what, args, expected] of refusals) {
  test(`${what} is refused in words, with exit code 1`, async t => {
    const { admin } = adminPlace(t)
    await admin(['device', 'add', 'home'])
    const { code, out, errors } = await admin(args)
    assert.match(errors, expected)
    assert.deepEqual([code, out], [1, ''])
  })
}

test('the device of SECRET is changed where it is told of, in the environment', async t => {
  const { admin } = adminPlace(t)
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

test('a damaged registry is not touched; the line is named and not shown', async t => {
  const { admin, keysDir } = adminPlace(t)
  await admin(['device', 'add', 'home'])
  writeFileSync(join(keysDir, 'devices.jsonl'), '{"device":"home","secrets":[{"secret":"hush-hush')
  const { code, errors } = await admin(['device', 'add', 'cabin'])
  assert.match(errors, /^line 1 of .*devices\.jsonl is not JSON\.\nWhat to do: mend that line/)
  assert.doesNotMatch(errors, /hush/)
  assert.equal(code, 1)
})

test('a rotation goes through its stages, and the list tells each', async t => {
  const { admin, commit } = adminPlace(t)
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
  assert.match(begun.out, /^Device home has a second secret; the first still holds\.\n/)
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
  assert.equal(finished.out, 'The old secret of home is no longer accepted; the new one is.\n')
  assert.deepEqual(await added(), [second])

  await admin(['device', 'rotate', 'home'])
  const cancelled = await admin(['device', 'rotate', 'home', '--cancel'])
  assert.equal(cancelled.out, 'The new secret of home is dropped; the old one holds as before.\n')
  assert.deepEqual(await added(), [second])
})

test('a device that is removed stays in the list as long as it has a history', async t => {
  const { admin, commit } = adminPlace(t)
  await admin(['device', 'add', 'home'])
  await commit({})
  const { out } = await admin(['device', 'remove', 'home'])
  assert.match(out, /^Device home is removed: within a second its reports are refused\.\nIts history stays/)
  assert.match((await admin(['device', 'list'])).out, /^home .* none: removed$/m)
})

test('the list shows last seen in TZ, silence and the clock', async t => {
  const { admin, commit } = adminPlace(t)
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

test('the list as JSON has no secret in it', async t => {
  const { admin, commit } = adminPlace(t)
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

test('an empty list says how to add a device', async t => {
  const { out } = await adminPlace(t).admin(['device', 'list'])
  assert.equal(out, 'No device is registered. Add one: ipupdater-admin device add home\n')
})
