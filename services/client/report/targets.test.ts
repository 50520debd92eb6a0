import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { readReportSettings, reportSettings } from '../settings/report-settings.ts'
import { targetsOf } from './targets.ts'

const one = 'a secret for the tests'

function settingsOf(env: Record<string, string>, flags: Record<string, string> = {}) {
  return readReportSettings({ env: { SECRET: one, ...env }, flags }, reportSettings)
}

function targets(env: Record<string, string>) {
  return targetsOf(settingsOf(env)).map(({ server, families }) => `${server.href} ${families.join('+')}`)
}

const good: [Record<string, string>, string[]][] = [
  [{ SERVER_URL: 'http://a.example:8080' }, ['http://a.example:8080/ 4+6']],
  [
    { SERVER_URL: 'http://a.example, https://b.example/x' },
    ['http://a.example/ 4+6', 'https://b.example/x 4+6'],
  ],
  [{ SERVER_HOST: 'a.example' }, ['http://a.example:8080/ 4+6']],
  [{ SERVER_HOST: 'a.example:80' }, ['http://a.example/ 4+6']],
  [{ SERVER_HOST: '203.0.113.7:9000' }, ['http://203.0.113.7:9000/ 4']],
  [{ SERVER_HOST: '2001:db8::1' }, ['http://[2001:db8::1]:8080/ 6']],
  [{ SERVER_HOST: '[2001:db8::1]:9000' }, ['http://[2001:db8::1]:9000/ 6']],
  [{ SERVER_HOST: 'a.example', SERVER_URL: '/home' }, ['http://a.example:8080/home 4+6']],
  [{ SERVER_URL: 'http://a.example', FAMILY: '6' }, ['http://a.example/ 6']],
  [
    { SERVER_URL: 'http://a.example,http://A.example/,http://b.example' },
    ['http://a.example/ 4+6', 'http://b.example/ 4+6'],
  ],
]

for (const [env, expected] of good) {
  test(`${JSON.stringify(env)} means ${expected.join(' and ')}`, () => {
    assert.deepEqual(targets(env), expected)
  })
}

const bad: [Record<string, string>, RegExp][] = [
  [{}, /SERVER_URL is missing\. Example: --server http/],
  [{ SERVER_URL: 'ddns.example' }, /"ddns\.example" in SERVER_URL is not an http:\/\/ or https:\/\/ URL/],
  [{ SERVER_URL: 'http://u:p@a.example' }, /SERVER_URL/],
  [{ SERVER_URL: '/home' }, /is only a path\. Write/],
  [{ SERVER_HOST: 'a', SERVER_URL: 'http://b' }, /both name a host\. Keep one/],
  [{ SERVER_HOST: 'a b' }, /SERVER_HOST="a b" is not a host/],
  [{ SERVER_HOST: 'http://a' }, /SERVER_HOST="http:\/\/a" is not a host/],
  [{ SERVER_HOST: '203.0.113.7', FAMILY: '6' }, /FAMILY="6" does not fit "203\.0\.113\.7:8080"/],
  [{ SERVER_URL: 'http://a', FAMILY: 'both' }, /FAMILY="both" is not one of auto, 4, 6/],
]

for (const [env, complaint] of bad) {
  test(`${JSON.stringify(env)} is refused with what is expected`, () => {
    assert.throws(() => targets(env), complaint)
  })
}

const secretsFor = (env: Record<string, string>) => targetsOf(settingsOf(env)).map(({ secret }) => secret)
const two = 'another secret for the tests'
const servers = 'http://a.example,http://b.example'

test('one secret serves every server, even if it contains a comma', () => {
  assert.deepEqual(secretsFor({ SERVER_URL: servers }), [one, one])
  const withComma = 'half a secret, and the other half of it'
  assert.deepEqual(secretsFor({ SERVER_URL: 'http://a.example', SECRET: withComma }), [withComma])
})

test('a list of secrets has one for each server, in their order', () => {
  assert.deepEqual(secretsFor({ SERVER_URL: servers, SECRET: `${one}, ${two}` }), [one, two])
})

test('a list of secrets of another length is refused', () => {
  const env = { SERVER_URL: `${servers},http://c.example`, SECRET: `${one},${two}` }
  assert.throws(() => settingsOf(env), /SECRET holds 2 secrets, and SERVER_URL names 3 servers/)
})

test('a list of files has the secret of one server each', () => {
  const directory = temporaryDirectory()
  const files = [one, `${two}, with a comma`].map((secret, index) => {
    const file = join(directory, String(index))
    writeFileSync(file, `${secret}\n`)
    return file
  })
  const env = { SERVER_URL: servers, SECRET: '' }
  assert.deepEqual(secretsFor({ ...env, SECRET_FILE: files.join(',') }), [one, `${two}, with a comma`])
  assert.throws(
    () => settingsOf({ ...env, SECRET_FILE: `${files[0]},${directory}/missing` }),
    /SECRET_FILE="[^"]*missing" does not exist/,
  )
  assert.throws(
    () => settingsOf({ ...env, SERVER_URL: 'http://a.example', SECRET_FILE: files.join(',') }),
    /SECRET holds 2 secrets, and SERVER_URL names 1 server/,
  )
})

test('{device} in SECRET_FILE is the name of the device', () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'cabin'), two)
  const env = { SERVER_URL: 'http://a.example', SECRET: '', DEVICE: 'cabin' }
  assert.deepEqual(secretsFor({ ...env, SECRET_FILE: `${directory}/{device}` }), [two])
})

test('a fault names the flag if the value was given by flag', () => {
  const env = { SERVER_URL: 'http://203.0.113.7', FAMILY: '6' }
  assert.throws(() => settingsOf(env, { FAMILY: '--family' }), /^(?!.*FAMILY).*--family "6" does not fit/s)
})
