import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from './read-settings.ts'
import { serverSettings } from './server-settings.ts'

test('without settings a server listens on all addresses and logs text from info on', () => {
  assert.deepEqual(readSettings({}, serverSettings), { host: null, logLevel: 'info', logFormat: 'text' })
})

test('each setting is read from its variable', () => {
  assert.deepEqual(readSettings({ HOST: '::1', LOG_LEVEL: 'debug', LOG_FORMAT: 'json' }, serverSettings), {
    host: '::1',
    logLevel: 'debug',
    logFormat: 'json',
  })
})
