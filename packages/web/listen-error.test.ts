import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '@ipupdater/runtime'
import { explainListenError } from './listen-error.ts'

const wanted = { host: null, port: 80, portSetting: 'PORT' }

test('a reserved port is refused with two ways to fix it', () => {
  const error = explainListenError(Object.assign(new Error('listen'), { code: 'EACCES' }), wanted)
  assert.ok(error instanceof StartError)
  assert.equal(error.code, 'address-not-allowed')
  assert.equal(error.message, 'port 80 on all addresses is reserved for root.')
  assert.match(error.cure, /PORT=8080.*-p 80:8080/)
})

test('for a port that is taken the next one is proposed', () => {
  const error = explainListenError(Object.assign(new Error('listen'), { code: 'EADDRINUSE' }), wanted)
  assert.match((error as StartError).cure, / PORT=81\./)
})

test('the message names the setting of the port', () => {
  for (const code of ['EACCES', 'EADDRINUSE']) {
    const fault = Object.assign(new Error('listen'), { code })
    const error = explainListenError(fault, { ...wanted, portSetting: 'METRICS_PORT' })
    assert.match((error as StartError).cure, / METRICS_PORT=\d/)
    assert.equal(error.cause, fault)
  }
})

test('an error without an explanation stays as it is', () => {
  const fault = Object.assign(new Error('listen'), { code: 'ENOBUFS' })
  assert.equal(explainListenError(fault, wanted), fault)
})
