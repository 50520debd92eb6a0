import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { KnownDevices } from './known-devices.ts'

const state = { interval: null, skewMs: 0, secretAdded: 0, tenures: { 4: null, 6: null } }

test('of many devices those written last are remembered, and no more than 4096', () => {
  const known = new KnownDevices()
  const name = (id: number) => parseDeviceName(`device-${id}`)
  for (let id = 1; id <= 4096; id++) known.remember(name(id), { id, state })
  known.remember(name(1), { id: 1, state })
  known.remember(name(4097), { id: 4097, state })
  assert.equal(known.recall(name(2)), null)
  assert.deepEqual(known.recall(name(1)), { id: 1, state })
  assert.deepEqual(known.recall(name(4097)), { id: 4097, state })
})
