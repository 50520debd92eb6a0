import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSettings, documentSettings, readSettings } from '@ipupdater/runtime'
import { clientSettings } from './client-settings.ts'

const given = {
  SERVER_URL: 'http://a.example:8080,/sub',
  SERVER_HOST: 'ddns.example.org',
  VIEWER_URL: 'https://me:made-up-password@ip.example.org/sub',
  VIEWER_URL_FILE: '/run/viewer',
  DEVICE: 'cabin',
  SECRET: 'a secret made up for this test',
  FAMILY: '6',
  STATUS_FILE: '/run/status.json',
  TZ: 'Europe/Berlin',
}

test('every setting is read from its variable, and shown without a secret', () => {
  assert.deepEqual(describeSettings(clientSettings, readSettings(given, clientSettings)), {
    ...given,
    SERVER_HOST: 'ddns.example.org:8080',
    SERVER_URL: 'http://a.example:8080/,/sub',
    VIEWER_URL: 'https://ip.example.org/sub',
    SECRET: '(redacted)',
  })
})

test('every setting but the device and the family may be left out', () => {
  const { device, family, ...others } = readSettings({}, clientSettings)
  assert.deepEqual([device, family], ['home', 'auto'])
  assert.deepEqual([...new Set(Object.values(others))], [null])
})

test('every setting has a description', () => {
  for (const { name, description } of documentSettings(clientSettings))
    assert.match(`${name}: ${description}`, /^[A-Z_]+: [A-Z].*\.$/)
})

const refused: [env: Record<string, string>, fault: string][] = [
  [{ FAMILY: '5' }, 'FAMILY="5" is not one of auto, 4, 6.'],
  [
    { SERVER_URL: 'ftp://a.example' },
    '"ftp://a.example" in SERVER_URL is not an http:// or https:// URL without user name, query or fragment. Example: http://ddns.example.org:8080',
  ],
  [
    { SERVER_HOST: 'a b' },
    'SERVER_HOST="a b" is not a host or host:port. Example: ddns.example.org, 203.0.113.7:9000 or [2001:db8::1]:9000',
  ],
  [
    { VIEWER_URL: 'ip.example.org' },
    'VIEWER_URL="ip.example.org" is not an http:// or https:// URL without query or fragment. Example: https://ip.example.org',
  ],
]

for (const [env, fault] of refused) {
  test(`${Object.keys(env).join()} that cannot be read is refused with what is expected`, () => {
    assert.throws(
      () => readSettings(env, clientSettings),
      ({ faults }) => {
        assert.deepEqual(faults, [fault])
        return true
      },
    )
  })
}
