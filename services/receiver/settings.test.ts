import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { readSettings } from '@ipupdater/runtime'
import { clockToleranceMs, contradictions, receiverSettings } from './settings.ts'

const read = (env: Record<string, string>) => readSettings(env, receiverSettings, contradictions)

test('the secrets cannot be in the directory that the viewer reads', () => {
  for (const [keys, data] of [
    ['./data', './data'],
    ['./data/keys', './data'],
    ['/srv/../srv/ip', '/srv/ip'],
    ['/srv/keys', '/'],
  ]) {
    assert.throws(() => read({ KEYS_DIR: keys ?? '', DATA_DIR: data ?? '' }), {
      message: new RegExp(`KEYS_DIR=${resolve(keys ?? '')} is inside DATA_DIR=${resolve(data ?? '')}`),
    })
  }
  for (const [keys, data] of [
    ['./keys', './data'],
    ['/srv', '/srv/data'],
    ['/srv/data-keys', '/srv/data'],
  ]) {
    read({ KEYS_DIR: keys ?? '', DATA_DIR: data ?? '' })
  }
})

test('metrics need a port of their own; any free port is one', () => {
  assert.throws(() => read({ PORT: '8080', METRICS_PORT: '8080' }), /METRICS_PORT=8080 is the same as PORT/)
  assert.equal(read({ PORT: '8080', METRICS_PORT: '9100' }).metricsPort, 9100)
  assert.deepEqual([read({ PORT: '0', METRICS_PORT: '0' }).metricsPort, read({}).metricsPort], [0, null])
})

test('a proxy setting that trusts everyone is refused', () => {
  for (const network of ['0.0.0.0/0', '::/0', '10.0.0.0/8,::/0']) {
    assert.throws(() => read({ TRUSTED_PROXIES: network }), { message: /trusts everyone/ })
  }
  read({ TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8' })
})

test('dyndns2 without a proxy is refused, unless passwords may travel readable', () => {
  assert.throws(() => read({ DYNDNS2: 'true' }), { message: /DYNDNS2=true needs a proxy with TLS/ })
  read({ DYNDNS2: 'true', DYNDNS2_PLAINTEXT: 'true' })
  read({ DYNDNS2: 'true', TRUSTED_PROXIES: '10.0.0.1' })
})

test('a clock tolerance needs a database that receivers share, and is 2 seconds there', () => {
  const url = 'postgres://db/ipupdater'
  assert.throws(() => read({ CLOCK_TOLERANCE: '2s' }), { message: /CLOCK_TOLERANCE needs DATABASE_URL/ })
  assert.equal(clockToleranceMs(read({})), 0)
  assert.equal(clockToleranceMs(read({ DATABASE_URL: url })), 2000)
  assert.equal(clockToleranceMs(read({ DATABASE_URL: url, CLOCK_TOLERANCE: '0' })), 0)
})
