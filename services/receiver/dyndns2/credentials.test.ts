import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { AcceptedPassword, FindPasswordDevice } from './credentials.ts'
import { authenticate, readCredentials } from './credentials.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

test('user name and password are read from HTTP Basic', () => {
  assert.deepEqual(readCredentials(basic('cabin:hunter2')), { user: 'cabin', password: 'hunter2' })
  assert.deepEqual(readCredentials(basic('cabin:a:b')), { user: 'cabin', password: 'a:b' })
  assert.deepEqual(readCredentials(basic('cabin:é')), { user: 'cabin', password: 'é' })
  assert.deepEqual(readCredentials(`basic  ${Buffer.from(':').toString('base64')} `), {
    user: '',
    password: '',
  })
})

test('anything else is no credentials', () => {
  const odd = [undefined, '', 'Basic', 'Basic ', 'Bearer YTpi', basic('no colon'), 'Basic a b', 'Basic *']
  for (const field of odd) assert.equal(readCredentials(field), null, field)
})

const password = (text: string, added: number): AcceptedPassword => ({
  sha256: createHash('sha256').update(text).digest(),
  added,
})
const devices: Readonly<Record<string, readonly AcceptedPassword[]>> = {
  cabin: [password('new', 2), password('old', 1)],
  boat: [password('one', 7)],
}
const find: FindPasswordDevice = device => {
  const passwords = devices[device]
  return passwords === undefined ? null : { interval: 300, passwords }
}

test('the device is known by its password, and a rotation ends when the newest one is used', () => {
  const login = (user: string, text: string) => authenticate({ user, password: text }, find)
  assert.deepEqual(login('boat', 'one'), {
    device: 'boat',
    interval: 300,
    passwordAdded: 7,
    endsRotation: false,
  })
  assert.deepEqual(login('cabin', 'new'), {
    device: 'cabin',
    interval: 300,
    passwordAdded: 2,
    endsRotation: true,
  })
  assert.deepEqual(login('cabin', 'old'), {
    device: 'cabin',
    interval: 300,
    passwordAdded: 1,
    endsRotation: false,
  })
})

test('a wrong password, an unknown name and a name that cannot be one are refused', () => {
  for (const [user, text] of [
    ['boat', 'two'],
    ['boat', ''],
    ['ship', 'one'],
    ['No Name', 'one'],
    ['', ''],
  ]) {
    assert.equal(authenticate({ user: user ?? '', password: text ?? '' }, find), null, user)
  }
})
