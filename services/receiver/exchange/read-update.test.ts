import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUpdate, parseAddress } from '@ipupdater/protocol'
import { authenticated, home, signed } from '../fixtures/device.ts'
import { readUpdate } from './read-update.ts'

const now = 1_763_827_200_000
const address = parseAddress('192.31.196.7')

test('an update becomes a report with its signature as the evidence', () => {
  const body = encodeUpdate({ address, timestamp: now - 50, interval: 300 })
  const device = authenticated(signed('ipupdater-update', body, { created: now / 1000 + 7 }).request)
  assert.deepEqual(readUpdate(device, now), {
    device: home,
    address,
    at: now - 50,
    interval: 300,
    evidence: { kind: 'signed', proof: device.request.proof, secretAdded: 17, skewMs: 7000 },
  })
})

test('an update without an interval promises no next report', () => {
  const body = encodeUpdate({ address, timestamp: now })
  assert.equal(readUpdate(authenticated(signed('ipupdater-update', body).request), now).interval, null)
})

test('a device clock that is years behind is no reason to refuse', () => {
  const body = encodeUpdate({ address, timestamp: now })
  const device = authenticated(signed('ipupdater-update', body, { created: 0 }).request)
  const { evidence } = readUpdate(device, now)
  assert.equal(evidence.kind === 'signed' && evidence.skewMs, -now)
})

test('a body that is not an update is refused as malformed', () => {
  const device = authenticated(signed('ipupdater-update', '{}').request)
  assert.throws(() => readUpdate(device, now), { code: 'malformed' })
})
