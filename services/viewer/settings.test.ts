import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentSettings, readSettings } from '@ipupdater/runtime'
import { straySecrets, viewerSettings } from './settings.ts'

test('with an empty environment the viewer has all that it needs', () => {
  const settings = readSettings({}, viewerSettings)
  assert.deepEqual(settings, {
    host: null,
    port: 8081,
    dataDir: './data',
    databaseUrl: null,
    allowedHosts: [],
    timeZone: null,
    logLevel: 'info',
    logFormat: 'text',
  })
})

test('the only secret of the viewer is the URL of the database, whose user may only read addresses', () => {
  const secrets = documentSettings(viewerSettings).filter(({ secret }) => secret)
  assert.deepEqual(
    secrets.map(({ name }) => name),
    ['DATABASE_URL'],
  )
})

test('a secret in the environment is noticed by name, an empty one is none', () => {
  assert.deepEqual(straySecrets({ SECRET: 'x', SECRET_FILE: '', KEYS_DIR: '/keys', PORT: '1' }), [
    'SECRET',
    'KEYS_DIR',
  ])
})

test('all wrong settings are reported at once', () => {
  assert.throws(
    () => readSettings({ PORT: '99999', TZ: 'Mars/Olympus', LOG_LEVEL: 'loud' }, viewerSettings),
    /PORT="99999".*\n.*TZ="Mars\/Olympus".*\n.*LOG_LEVEL="loud"/,
  )
})
