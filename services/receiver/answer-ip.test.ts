import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { answerIp } from './answer-ip.ts'
import { callerOf, signed } from './test-device.ts'

const address = parseAddress('203.0.113.7')
const deps = { now: () => 1_763_827_200_123, isMasked: () => false }

test('the device is told the address it is seen at and the time in milliseconds', () => {
  const caller = callerOf(signed('ipupdater-ip', '{}').request, { address })
  assert.deepEqual(answerIp(caller, deps), { address, timestamp: 1_763_827_200_123 })
})

test('a private address is told too', () => {
  const source = { address: parseAddress('192.168.1.2') }
  const caller = callerOf(signed('ipupdater-ip', '{}').request, source)
  assert.equal(answerIp(caller, deps).address, '192.168.1.2')
})

test('a body that says anything is refused as malformed', () => {
  const caller = callerOf(signed('ipupdater-ip', '{"address":"203.0.113.7"}').request, { address })
  assert.throws(() => answerIp(caller, deps), { code: 'malformed' })
})

test('a source that is not known is not told', () => {
  const { request } = signed('ipupdater-ip', '{}')
  assert.throws(() => answerIp(callerOf(request, { unclear: 'why' }), deps), { code: 'source-unclear' })
  assert.throws(() => answerIp(callerOf(request, { address }), { ...deps, isMasked: () => true }), {
    code: 'source-masked',
  })
})
