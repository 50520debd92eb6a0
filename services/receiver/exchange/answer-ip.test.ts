import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { authenticated, signed } from '../fixtures/device.ts'
import { answerIp } from './answer-ip.ts'

const address = parseAddress('203.0.113.7')
const limits = { assertSignedLeft: () => {}, consumeSigned: () => {} }
const deps = { now: () => 1_763_827_200_123, isMasked: () => false, limits }
const device = authenticated(signed('ipupdater-ip', '{}').request)

test('the answer holds the address that the server sees and the time in milliseconds', () => {
  assert.deepEqual(answerIp(device, { address }, deps), { address, timestamp: 1_763_827_200_123 })
})

test('a private address is answered too', () => {
  const privateAddress = parseAddress('192.168.1.2')
  assert.equal(answerIp(device, { address: privateAddress }, deps).address, privateAddress)
})

test('a body other than the empty object is refused as malformed', () => {
  const more = authenticated(signed('ipupdater-ip', '{"address":"203.0.113.7"}').request)
  assert.throws(() => answerIp(more, { address }, deps), { code: 'malformed' })
})

test('no address is answered if the source is unclear or masked', () => {
  assert.throws(() => answerIp(device, { unclear: 'why' }, deps), { code: 'source-unclear' })
  assert.throws(() => answerIp(device, { address }, { ...deps, isMasked: () => true }), {
    code: 'source-masked',
  })
})

test('every question costs the device one message, at its prefix', () => {
  const consumed: unknown[] = []
  const counting = { ...limits, consumeSigned: (...key: unknown[]) => void consumed.push(key) }
  answerIp(device, { address }, { ...deps, limits: counting })
  assert.deepEqual(consumed, [['home', '203.0.113.7']])
})
