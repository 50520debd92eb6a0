import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentSettings } from '@ipupdater/runtime'
import type { Flag, GivenFlags } from './flags.ts'
import { FLAGS, withFlags } from './flags.ts'
import { reportSettings } from './report-settings.ts'
import { runSettings } from './run-settings.ts'
import { viewSettings } from './view-settings.ts'

const merged = (env: Record<string, string>, given: GivenFlags) => withFlags({ env, flags: {} }, given).env

test('a flag wins over its variable', () => {
  assert.deepEqual(merged({ DEVICE: 'home', TZ: 'UTC' }, { device: 'cabin' }), { DEVICE: 'cabin', TZ: 'UTC' })
})

test('the context knows which flag gave a value', () => {
  const { flags } = withFlags({ env: {}, flags: {} }, { name: 'cabin', interval: '5m' })
  assert.deepEqual(flags, { DEVICE: '--name', INTERVAL: '--interval' })
})

test('a secret by flag wins over both variables that may hold one', () => {
  const env = { SECRET: 'from the environment', SECRET_FILE: '/run/secret' }
  assert.deepEqual(merged(env, { password: 'by flag' }), { SECRET: 'by flag' })
  assert.deepEqual(merged(env, { secretFile: '/etc/secret' }), { SECRET_FILE: '/etc/secret' })
})

test('a viewer by flag wins over both variables that may name one', () => {
  const env = { VIEWER_URL: 'http://a', VIEWER_URL_FILE: '/run/viewer' }
  assert.deepEqual(merged(env, { viewer: 'http://b' }), { VIEWER_URL: 'http://b' })
  assert.deepEqual(merged(env, { viewerFile: '/etc/viewer' }), { VIEWER_URL_FILE: '/etc/viewer' })
})

test('a host by flag wins over the URL of the environment, and a URL over the host', () => {
  assert.deepEqual(merged({ SERVER_URL: 'http://a' }, { host: 'b' }), { SERVER_HOST: 'b' })
  assert.deepEqual(merged({ SERVER_HOST: 'a' }, { server: ['http://b', 'http://c'] }), {
    SERVER_URL: 'http://b,http://c',
  })
})

test('the old and the new spelling of a list are one list', () => {
  assert.deepEqual(merged({}, { server: ['http://a'], url: ['http://b'] }), {
    SERVER_URL: 'http://a,http://b',
  })
})

test('a path by flag is one on the host of the environment', () => {
  assert.deepEqual(merged({ SERVER_HOST: 'a' }, { server: ['/x'] }), { SERVER_HOST: 'a', SERVER_URL: '/x' })
})

test('the help shows the defaults that the settings have', () => {
  const documented = new Map(
    [documentSettings(reportSettings), documentSettings(runSettings), documentSettings(viewSettings)]
      .flat()
      .flatMap(({ name, default: text, secret }) => [
        [name, text] as const,
        ...(secret ? [[`${name}_FILE`, ''] as const] : []),
      ]),
  )
  for (const { variable, default: text = '' } of Object.values<Flag>(FLAGS)) {
    assert.equal(text, documented.get(variable), variable)
  }
})
