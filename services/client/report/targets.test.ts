import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from '@ipupdater/runtime'
import { clientSettings, withServer } from '../settings/client-settings.ts'
import { targetFaults, targetsOf } from './targets.ts'

function targets(env: Record<string, string>) {
  const settings = readSettings(env, withServer(clientSettings, env), targetFaults)
  return targetsOf(settings).map(({ server, families }) => `${server.href} ${families.join('+')}`)
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
]

for (const [env, expected] of good) {
  test(`${JSON.stringify(env)} means ${expected.join(' and ')}`, () => {
    assert.deepEqual(targets(env), expected)
  })
}

const bad: [Record<string, string>, RegExp][] = [
  [{}, /SERVER_URL is missing\. Example: http/],
  [{ SERVER_URL: 'ddns.example' }, /"ddns\.example" in SERVER_URL is not an http:\/\/ or https:\/\/ URL/],
  [{ SERVER_URL: 'http://u:p@a.example' }, /SERVER_URL/],
  [{ SERVER_URL: '/home' }, /is only a path\. Write/],
  [{ SERVER_HOST: 'a', SERVER_URL: 'http://b' }, /both name a host\. Keep one/],
  [{ SERVER_HOST: 'a b' }, /SERVER_HOST="a b" is not a host/],
  [{ SERVER_HOST: 'http://a' }, /SERVER_HOST="http:\/\/a" is not a host/],
  [{ SERVER_HOST: '203.0.113.7', FAMILY: '6' }, /FAMILY=6 does not fit "203\.0\.113\.7:8080"/],
  [{ SERVER_URL: 'http://a', FAMILY: 'both' }, /FAMILY="both" is not one of auto, 4, 6/],
]

for (const [env, complaint] of bad) {
  test(`${JSON.stringify(env)} is refused with what is expected`, () => {
    assert.throws(() => targets(env), complaint)
  })
}
