import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { databaseUrl } from './database-url.ts'
import { describeSettings, readSettings } from './read-settings.ts'

const shape = { url: databaseUrl({ name: 'DATABASE_URL', description: 'The database.', default: null }) }
const read = (url: string) => readSettings({ DATABASE_URL: url }, shape)

test('without the variable there is no URL, and nothing is shown', () => {
  assert.deepEqual(describeSettings(shape, readSettings({}, shape)), {})
})

for (const [url, shown] of [
  ['postgres://db.example.org/ip', 'postgres://db.example.org:5432/ip'],
  ['postgresql://user:hush-hush@db:6432/ip?sslmode=require', 'postgres://db:6432/ip'],
  ['postgres://user:p%40%2F%23@[::1]/ip', 'postgres://[::1]:5432/ip'],
  ['postgres:///ip?host=/run/postgresql', 'postgres:///run/postgresql:5432/ip'],
] as const) {
  test(`${shown} is shown, without user, password and parameters`, () => {
    const settings = read(url)
    assert.equal(settings.url, url)
    assert.deepEqual(describeSettings(shape, settings), { DATABASE_URL: shown })
  })
}

for (const [url, reason] of [
  ['mysql://user:hush-hush@db/ip', 'does not begin with postgres:// or postgresql://'],
  ['user:hush-hush@db/ip', 'does not begin with'],
  ['postgres://user:hush-hush@db', 'names no database'],
  ['postgres://user:hush-hush@db/', 'names no database'],
  ['postgres:///ip', 'names no host'],
  ['postgres://user:hush-hush@a,b/ip', 'names several hosts'],
  ['postgres:///ip?host=hush-a,b', 'names several hosts'],
  ['postgres://user:hush#hush@db/ip', 'is not a URL. Write special characters'],
  ['postgres://user:12#hush-hush@db/ip', 'is not a valid URL. Write special characters'],
  ['postgres://user:12/hush-hush@db/ip', 'is not a valid URL. Write special characters'],
  ['postgres://user:12/hush-hush@db', 'is not a valid URL. Write special characters'],
  ['postgres://user:12?hush-hush@db/ip', 'names no database'],
  ['"postgres://user:hush-hush@db/ip"', 'begins or ends with a quote'],
  ['postgres://user:hush-hush@db/ip ', 'begins or ends with white space'],
] as const) {
  test(`${JSON.stringify(url)} is refused without repeating it: it ${reason}`, () => {
    assert.throws(
      () => read(url),
      ({ message }: Error) => message.includes(`DATABASE_URL ${reason}`) && !/hush|user/.test(message),
    )
  })
}

test('the URL may come in a file, as secrets do', () => {
  const file = join(temporaryDirectory(), 'url')
  writeFileSync(file, 'postgres://user:hush-hush@db/ip\n')
  assert.equal(readSettings({ DATABASE_URL_FILE: file }, shape).url, 'postgres://user:hush-hush@db/ip')
})
