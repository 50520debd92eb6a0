import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminFixture } from '../fixtures/admin.ts'

const misused: [what: string, args: string[], errors: RegExp][] = [
  ['no command', [], /^Usage: ipupdater-admin/],
  ['an unknown command', ['devices'], /^unknown command 'devices'\n/],
  ['help for an unknown command', ['help', 'devices'], /^unknown command 'devices'\n/],
  ['a name missing', ['device', 'add'], /^missing required argument 'name'\n/],
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
  ['keeping no backup', ['backup', 'x', '--keep', '0'], /^--keep "0" is not a number of backups from 1\.\n/],
]

for (const [what, args, expected] of misused) {
  test(`${what} is refused as wrong use, with exit code 2`, async () => {
    const { code, out, errors } = await adminFixture().admin(args, { input: 'hunter2\n' })
    assert.match(errors, expected)
    assert.doesNotMatch(errors, /hunter2|\n {4}at /)
    assert.deepEqual([code, out], [2, ''])
  })
}

test('all wrong settings are reported at once, with exit code 2', async () => {
  const { code, errors } = await adminFixture().admin(['device', 'list'], {
    env: { PORT: 'x', TZ: 'Mars', SECRET: 'hunter2' },
  })
  assert.match(errors, /PORT="x" is not .*\n.*TZ="Mars" is not|TZ="Mars" is not .*\n.*PORT="x" is not/s)
  assert.doesNotMatch(errors, /hunter2/)
  assert.equal(code, 2)
})

test('help needs no settings', async () => {
  const { code, out } = await adminFixture().admin(['--help'], { env: { PORT: 'x' } })
  for (const command of ['device', 'backup', 'restore', 'doctor'])
    assert.match(out, new RegExp(`^  ${command} `, 'm'))
  assert.match(
    out,
    /^ {2}ipupdater-admin device add home\nWithout Docker, .*:\n {2}npm run -s admin -- device add home$/m,
  )
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
  [
    'finishing a rotation that was not begun',
    ['device', 'rotate', 'home', '--finish'],
    /^home has one secret only\./,
  ],
  [
    'restoring a missing file',
    ['restore', '/none'],
    /^There is no file \/none\.\nWhat to do: name a file that /,
  ],
]

for (const [what, args, expected] of refusals) {
  test(`${what} is refused with a sentence and exit code 1`, async () => {
    const { admin } = adminFixture()
    await admin(['device', 'add', 'home'])
    const { code, out, errors } = await admin(args)
    assert.match(errors, expected)
    assert.deepEqual([code, out], [1, ''])
  })
}

test('with --json a failure is an object with the advice as a member of its own', async () => {
  const { admin } = adminFixture()
  const failures = [
    [['device', 'rotate', 'cabin', '--json'], 'unknown-device', 'cabin is not registered.', /device list/, 1],
    [['backup', '/nope/x', '--json'], 'refused', 'There is no directory /nope.', /^make it/, 1],
    [['restore', '/none', '--json'], 'missing', 'There is no file /none.', /^name a file /, 1],
    [
      ['device', 'forget', 'home', '--json'],
      'missing',
      /^there is no \S+\.sqlite\.$/,
      /^start the receiver/,
      1,
    ],
    [['device', 'add', 'Home', '--json'], 'misused', /is not a device name/, /^choose a name/, 2],
    [['device', 'add', '--json'], 'misused', "missing required argument 'name'", /help/, 2],
  ] as const
  for (const [args, code, message, advice, exit] of failures) {
    const ran = await admin(args)
    const failure = JSON.parse(ran.out)
    assert.equal(failure.outcome, 'failed')
    assert.deepEqual([failure.code, failure.exit, ran.code, ran.errors], [code, exit, exit, ''])
    assert.match(failure.message, typeof message === 'string' ? new RegExp(`^${message}$`) : message)
    assert.match(failure.advice, advice)
  }
})

test('every command has --json, an example and its environment variables in its help', async () => {
  const { admin } = adminFixture()
  const commands = ['add', 'list', 'rotate', 'remove', 'reset', 'forget'].map(name => ['device', name])
  for (const command of [...commands, ['backup'], ['restore'], ['doctor']]) {
    const { out, code } = await admin([...command, '--help'])
    const name = command.join(' ')
    assert.match(out, / {2}--json /, name)
    assert.match(out, new RegExp(`\nExample:\n {2}ipupdater-admin ${name}\\b`), name)
    assert.match(out, /\nEnvironment variables: .*KEYS_DIR/, name)
    assert.equal(code, 0)
  }
})

test('help and --version', async () => {
  const { admin } = adminFixture()
  const help = await admin(['help'])
  assert.match(help.out, /^Usage: ipupdater-admin /)
  assert.match(help.out, /\n {2}DATA_DIR +The directory of the database.*\(default: \.\/data\)\n/)
  assert.match(help.out, /\nExit codes: /)
  assert.deepEqual([help.code, help.errors], [0, ''])
  const ofCommand = await admin(['help', 'device', 'add'])
  assert.match(ofCommand.out, /^Usage: ipupdater-admin device add /)
  const version = await admin(['--version'])
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/)
  assert.equal(version.code, 0)
})

test('a data directory that does not exist is named, whatever the command', async () => {
  const { admin } = adminFixture()
  await admin(['device', 'add', 'home'])
  for (const args of [
    ['device', 'list'],
    ['device', 'reset', 'home'],
    ['backup', '/tmp/x.sqlite'],
  ]) {
    const { code, out, errors } = await admin(args, { env: { DATA_DIR: '/nope' } })
    assert.match(errors, /^DATA_DIR=\/nope is not a directory\.\nWhat to do: set DATA_DIR /)
    assert.deepEqual([code, out], [2, ''])
  }
})

test('a registry directory that does not exist is named, whatever the command', async () => {
  const { admin } = adminFixture()
  for (const args of [
    ['device', 'list'],
    ['device', 'rotate', 'home'],
    ['device', 'remove', 'home'],
    ['device', 'reset', 'home'],
    ['device', 'forget', 'home'],
    ['backup', '/tmp/x.sqlite'],
  ]) {
    const { code, out, errors } = await admin(args, { env: { KEYS_DIR: '/nope' } })
    assert.match(errors, /^KEYS_DIR=\/nope is not a directory\.\nWhat to do: set KEYS_DIR /)
    assert.deepEqual([code, out], [2, ''])
  }
})
