import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { cidrList, integer, text, url } from './kinds.ts'
import type { Environment, FlagNames } from './read-settings.ts'
import { describeSettings, documentSettings, readSettings } from './read-settings.ts'
import { secret } from './secret.ts'
import { accept } from './setting.ts'
import { SettingsError } from './settings-error.ts'

const shape = {
  host: text({ name: 'HOST', description: 'Where to listen.', default: null }),
  port: integer({ name: 'PORT', description: 'The port.', min: 1, max: 65_535, default: 8080 }),
  proxies: cidrList({ name: 'TRUSTED_PROXIES', description: 'Whom to believe.', default: [] }),
  server: url({ name: 'SERVER_URL', description: 'The receiver.' }),
  secret: secret({
    name: 'SECRET',
    description: 'Shared.',
    expected: 'the secret of the device',
    refusal: 'is too short: use at least 16 characters.',
    read: value => accept(value.length >= 16, value),
  }),
}
const sound = { SERVER_URL: 'http://example.org/', SECRET: 'sixteen letters!' }

function faultsOf(env: Environment, flags: FlagNames = {}): readonly string[] {
  try {
    readSettings(env, shape, undefined, flags)
  } catch (error) {
    assert.ok(error instanceof SettingsError)
    return error.faults
  }
  return []
}

test('defaults stand in for what is unset, and an empty text counts as unset', () => {
  const settings = readSettings({ ...sound, PORT: '', HOST: '' }, shape)
  assert.deepEqual(settings, {
    host: null,
    port: 8080,
    proxies: [],
    server: new URL('http://example.org/'),
    secret: 'sixteen letters!',
  })
})

test('all faults come at once, each with the variable, what was given and what is expected', () => {
  const faults = faultsOf({
    PORT: '80a',
    TRUSTED_PROXIES: '10.0.0.0/8, 10.0.0.0/99',
    SECRET: 'hunter2',
    PROT: '1',
  })
  assert.deepEqual(faults, [
    'PROT is not a setting. Did you mean PORT?',
    'PORT="80a" is not a whole number from 1 to 65535.',
    '"10.0.0.0/99" in TRUSTED_PROXIES is not an address or network. Example: 203.0.113.7,10.0.0.0/8,fd00::/8',
    'SERVER_URL is missing. Example: http://ddns.example.org:8080',
    'SECRET is too short: use at least 16 characters.',
  ])
})

test('a value cannot bring a new line or a screenful into the message', () => {
  const [fault] = faultsOf({ ...sound, PORT: `1\n${'9'.repeat(1000)}` })
  assert.match(fault ?? '', /^PORT="1\\n9{98}…" contains a control character/)
})

test('a value of 100 characters is shown whole', () => {
  const [fault] = faultsOf({ ...sound, PORT: '9'.repeat(100) })
  assert.ok(fault?.startsWith(`PORT="${'9'.repeat(100)}" `), fault)
})

test('how many settings are wrong is said first', () => {
  const messageOf = (faults: readonly string[]) => new SettingsError(faults).message
  assert.equal(messageOf(['A is wrong.']), 'a setting is wrong:\n  A is wrong.')
  assert.equal(messageOf(['A is.', 'B is.']), '2 settings are wrong:\n  A is.\n  B is.')
})

test('a variable near the name of a file with the secret is named', () => {
  assert.deepEqual(faultsOf({ ...sound, SECRET_FIEL: '/run/secrets/home' }), [
    'SECRET_FIEL is not a setting. Did you mean SECRET_FILE?',
  ])
})

test('a value given by a flag is named by the flag', () => {
  const flags = { PORT: '--port', SECRET: '--password', TRUSTED_PROXIES: '--proxy' }
  assert.deepEqual(faultsOf({ ...sound, PORT: 'x', SECRET: 'short', TRUSTED_PROXIES: 'x' }, flags), [
    '--port "x" is not a whole number from 1 to 65535.',
    '"x" in --proxy is not an address or network. Example: 203.0.113.7,10.0.0.0/8,fd00::/8',
    '--password is too short: use at least 16 characters.',
  ])
})

for (const [name, value] of [
  ['PORT', '"8080"'],
  ['HOST', "'127.0.0.1'"],
  ['SERVER_URL', '"http://example.org/"'],
] as const) {
  test(`${name}=${value} is refused with the advice to leave the quotes out`, () => {
    const fault = `${name}=${JSON.stringify(value)} begins or ends with a quote. Docker keeps quotes in --env-file: leave them out.`
    assert.deepEqual(faultsOf({ ...sound, [name]: value }), [fault])
  })
}

test('a Windows line end at the end of a value is named', () => {
  const fault = 'HOST="::1\\r" ends with a carriage return (CR), the line end of Windows. Remove it.'
  assert.deepEqual(faultsOf({ ...sound, HOST: '::1\r' }), [fault])
})

test('variables of others are left alone', () => {
  assert.deepEqual(faultsOf({ ...sound, PATH: '/bin', HOME: '/root', npm_config_port: '1' }), [])
})

test('an empty variable with a name near ours is left alone', () => {
  assert.deepEqual(faultsOf({ ...sound, PROT: '' }), [])
})

test('contradictions are reported once each setting is valid', () => {
  const across = () => ['PORT and METRICS_PORT are the same']
  assert.throws(() => readSettings(sound, shape, across), /PORT and METRICS_PORT are the same/)
})

const dir = temporaryDirectory()
const secretFile = join(dir, 'secret')
writeFileSync(secretFile, 'from a file, long\n')
writeFileSync(join(dir, 'empty'), '\n')

test('a secret is read from SECRET_FILE without the line end', () => {
  const settings = readSettings({ SERVER_URL: sound.SERVER_URL, SECRET_FILE: secretFile }, shape)
  assert.equal(settings.secret, 'from a file, long')
})

test('SECRET and SECRET_FILE that agree are one secret', () => {
  const env = { ...sound, SECRET: 'from a file, long', SECRET_FILE: secretFile }
  assert.equal(readSettings(env, shape).secret, 'from a file, long')
})

const badFiles: [what: string, env: Environment, fault: RegExp][] = [
  [
    'differs from SECRET',
    { ...sound, SECRET_FILE: secretFile },
    /^SECRET and SECRET_FILE are both set and differ/,
  ],
  ['is missing', { ...sound, SECRET_FILE: join(dir, 'none') }, /^SECRET_FILE=".*none" does not exist\.$/],
  [
    'is a directory',
    { ...sound, SECRET_FILE: dir },
    /is a directory\. Docker makes one if the file .* missing/,
  ],
  ['is empty', { ...sound, SECRET_FILE: join(dir, 'empty') }, /is empty\.$/],
]

for (const [what, env, fault] of badFiles) {
  test(`a SECRET_FILE that ${what} is a fault, and the secret is not in it`, () => {
    const [only, ...others] = faultsOf(env)
    assert.match(only ?? '', fault)
    assert.doesNotMatch(only ?? '', /sixteen|from a file/)
    assert.deepEqual(others, [])
  })
}

for (const misplaced of ['hunter2-hunter2-hunter2', 'hunter2'.repeat(100)]) {
  test(`a secret of ${misplaced.length} characters in the place of its path is not shown`, () => {
    const [only] = faultsOf({ SERVER_URL: sound.SERVER_URL, SECRET_FILE: misplaced })
    assert.match(only ?? '', /^SECRET_FILE \(not shown; a path begins with "\/" or "\.\/"\) /)
    assert.doesNotMatch(only ?? '', /hunter2/)
  })
}

for (const path of [
  '/run/nothing',
  './nothing',
  '~/nothing',
  '$HOME/nothing',
  '"/run/nothing',
  'file://nothing',
  'c:/nothing',
]) {
  test(`what begins like a path is shown: ${path}`, () => {
    const [only] = faultsOf({ SERVER_URL: sound.SERVER_URL, SECRET_FILE: path })
    assert.ok(only?.startsWith(`SECRET_FILE=${JSON.stringify(path)} `), only)
  })
}

for (const secret of ['hunter2/hunter2/hunter2', 'hunter2.hunter2', '7C:/hunter2']) {
  test(`what only contains what a path has is not shown: ${secret}`, () => {
    const [only] = faultsOf({ SERVER_URL: sound.SERVER_URL, SECRET_FILE: secret })
    assert.ok(only?.startsWith('SECRET_FILE (not shown'), only)
  })
}

const urls: [given: string, shown: string][] = [
  ['http://home:hunter2@example.org/', 'http://…@example.org/'],
  ['http://home:hun/ter2@hunter2@example.org/', 'http://…@example.org/'],
  ['home:hunter2@example.org', '…@example.org'],
  ['home:http://hunter2@example.org', '…@example.org'],
  ['http://example.org/update?password=hunter2', 'http://example.org/update?…'],
]

for (const [given, shown] of urls) {
  test(`${given} is refused without what may be a password in it`, () => {
    const [only] = faultsOf({ ...sound, SERVER_URL: given })
    assert.ok(only?.startsWith(`SERVER_URL="${shown}" is not`), only)
  })
}

test('the effective settings are shown by variable, the secret redacted, without those that have no value', () => {
  const settings = readSettings({ ...sound, TRUSTED_PROXIES: '10.0.0.0/8,::1' }, shape)
  assert.deepEqual(describeSettings(shape, settings), {
    PORT: '8080',
    TRUSTED_PROXIES: '10.0.0.0/8,::1',
    SERVER_URL: 'http://example.org/',
    SECRET: '(redacted)',
  })
})

test('settings are documented with their defaults as one writes them', () => {
  assert.deepEqual(
    documentSettings(shape).map(({ name, default: fallback, secret }) => [name, fallback, secret]),
    [
      ['HOST', '', false],
      ['PORT', '8080', false],
      ['TRUSTED_PROXIES', '', false],
      ['SERVER_URL', '', false],
      ['SECRET', '', true],
    ],
  )
})
