import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminFixture } from '../fixtures/admin.ts'

const misused: [what: string, args: string[], errors: RegExp][] = [
  ['no command', [], /^Usage: ipupdater-admin/],
  ['an unknown command', ['devices'], /^unknown command 'devices'\n/],
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
  test(`${what} is refused as wrong use, with exit code 2`, async t => {
    const { code, out, errors } = await adminFixture(t).admin(args, { input: 'hunter2\n' })
    assert.match(errors, expected)
    assert.doesNotMatch(errors, /hunter2|\n {4}at /)
    assert.deepEqual([code, out], [2, ''])
  })
}

test('all wrong settings are reported at once, with exit code 2', async t => {
  const { code, errors } = await adminFixture(t).admin(['device', 'list'], {
    env: { PORT: 'x', TZ: 'Mars', SECRET: 'hunter2' },
  })
  assert.match(errors, /PORT="x" is not .*\n.*TZ="Mars" is not|TZ="Mars" is not .*\n.*PORT="x" is not/s)
  assert.doesNotMatch(errors, /hunter2/)
  assert.equal(code, 2)
})

test('help needs no settings', async t => {
  const { code, out } = await adminFixture(t).admin(['--help'], { env: { PORT: 'x' } })
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
  [
    'finishing a rotation that was not begun',
    ['device', 'rotate', 'home', '--finish'],
    /^home has one secret only\./,
  ],
  ['restoring a missing file', ['restore', '/none'], /^there is no file \/none\./],
]

for (const [what, args, expected] of refusals) {
  test(`${what} is refused with a sentence and exit code 1`, async t => {
    const { admin } = adminFixture(t)
    await admin(['device', 'add', 'home'])
    const { code, out, errors } = await admin(args)
    assert.match(errors, expected)
    assert.deepEqual([code, out], [1, ''])
  })
}
