import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import type { ViewSettings } from './view-settings.ts'
import { readViewSettings, viewSettings } from './view-settings.ts'

const secret = 'a secret made up for this test'
const earlier = 'the secret before that one'
const VIEWER_URL = 'https://ip.example.org'
const dir = temporaryDirectory()

function file(name: string, content: string): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

/** The settings, or what is wrong with them. */
function read(
  env: Record<string, string>,
  needs: Parameters<typeof readViewSettings>[1] = {},
  flags: Record<string, string> = {},
): ViewSettings | readonly string[] {
  try {
    return readViewSettings({ env, flags }, needs)
  } catch (error) {
    return (error as { faults: readonly string[] }).faults
  }
}

test('a viewer and a secret are enough', () => {
  assert.deepEqual(read({ VIEWER_URL, SECRET: secret }), {
    device: 'home',
    family: 'auto',
    maxAgeSeconds: null,
    viewer: new URL(VIEWER_URL),
    secrets: [secret],
    earlierSecrets: [],
  })
})

test('the viewer may be in a file, also with a login, and the earlier secrets are in files', () => {
  const read_ = read({
    VIEWER_URL_FILE: file('viewer', 'https://me:made-up@ip.example.org/sub\n'),
    EARLIER_SECRET_FILE: `${file('a', earlier)},${file('b', secret)}`,
    SECRET: secret,
    MAX_AGE: '3650d',
  })
  assert.ok('viewer' in read_)
  assert.equal(read_.viewer.href, 'https://me:made-up@ip.example.org/sub')
  assert.deepEqual(read_.earlierSecrets, [earlier, secret])
  assert.equal(read_.maxAgeSeconds, 315_360_000)
})

test('what is missing is named, unless the command does not need it', () => {
  assert.deepEqual(read({}), [
    'VIEWER_URL is missing. Example: --viewer https://ip.example.org',
    'SECRET is missing. Example: --secret-file /etc/ipupdater/secret',
  ])
  assert.equal(Array.isArray(read({ SECRET: secret }, { needsViewer: false })), false)
  const unsigned = read({ VIEWER_URL }, { needsSecret: false })
  assert.deepEqual('secrets' in unsigned && unsigned.secrets, [])
})

for (const url of [
  'ftp://ip.example.org',
  'httpx://ip.example.org',
  'xhttp://ip.example.org',
  'https://ip.example.org/?a=1',
  'https://ip.example.org/#a',
  'ip.example.org',
]) {
  test(`${url} is no viewer`, () => {
    const [fault] = read({ VIEWER_URL: url, SECRET: secret }) as readonly string[]
    assert.match(
      fault ?? '',
      /^VIEWER_URL=".*" is not an http:\/\/ or https:\/\/ URL without query or fragment\./,
    )
    const path = file('wrong', url)
    const reason = `"${path}" does not hold an http:// or https:// URL. Example: https://ip.example.org`
    assert.deepEqual(read({ VIEWER_URL_FILE: path, SECRET: secret }), [`VIEWER_URL_FILE=${reason}`])
    assert.deepEqual(
      read({ VIEWER_URL_FILE: path, SECRET: secret }, {}, { VIEWER_URL_FILE: '--viewer-file' }),
      [`--viewer-file ${reason}`],
    )
  })
}

test('a file that is not there is named as it was given', () => {
  const path = join(dir, 'missing')
  const env = { VIEWER_URL_FILE: path, EARLIER_SECRET_FILE: path, SECRET: secret }
  assert.deepEqual(read(env), [
    `VIEWER_URL_FILE="${path}" does not exist.`,
    `EARLIER_SECRET_FILE="${path}" does not exist.`,
  ])
  assert.deepEqual(
    read({ ...env, VIEWER_URL_FILE: '', VIEWER_URL }, {}, { EARLIER_SECRET_FILE: '--earlier-secret-file' }),
    [`--earlier-secret-file "${path}" does not exist.`],
  )
})

test('two viewers are one too many', () => {
  assert.deepEqual(read({ VIEWER_URL, VIEWER_URL_FILE: file('viewer', VIEWER_URL), SECRET: secret }), [
    'VIEWER_URL and VIEWER_URL_FILE are both set. Keep one of them.',
  ])
})

test('every setting has its name and a description', () => {
  for (const { name, description } of Object.values(viewSettings))
    assert.match(`${name}: ${description}`, /^[A-Z_]+: [A-Z].*\.$/)
})
