import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withFlags } from './flags.ts'

test('a flag outdoes its variable', () => {
  assert.deepEqual(withFlags({ DEVICE: 'home', TZ: 'UTC' }, { name: 'cabin' }), {
    DEVICE: 'cabin',
    TZ: 'UTC',
  })
})

test('a secret by flag outdoes both ways of giving it by environment', () => {
  const env = { SECRET: 'from the environment', SECRET_FILE: '/run/secret' }
  assert.deepEqual(withFlags(env, { password: 'by flag' }), { SECRET: 'by flag' })
  assert.deepEqual(withFlags(env, { secretFile: '/etc/secret' }), { SECRET_FILE: '/etc/secret' })
})

test('a host by flag outdoes the URL of the environment, and a URL the host', () => {
  assert.deepEqual(withFlags({ SERVER_URL: 'http://a' }, { host: 'b' }), { SERVER_HOST: 'b' })
  assert.deepEqual(withFlags({ SERVER_HOST: 'a' }, { url: ['http://b', 'http://c'] }), {
    SERVER_URL: 'http://b,http://c',
  })
})

test('a path by flag is one on the host of the environment', () => {
  assert.deepEqual(withFlags({ SERVER_HOST: 'a' }, { url: ['/x'] }), { SERVER_HOST: 'a', SERVER_URL: '/x' })
})
