import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '@ipupdater/protocol'
import { parseAddress } from '@ipupdater/protocol'
import { recordedLine } from './answer.ts'

const receipt = (result: Receipt['result'], address: string): Receipt => ({
  result,
  address: parseAddress(address),
  firstSeen: 1,
  lastSeen: 1,
})

test('the line names every recorded address, and is good if one of them is new', () => {
  const known = receipt('refreshed', '203.0.113.7')
  assert.equal(recordedLine([known]), 'nochg 203.0.113.7')
  assert.equal(recordedLine([receipt('new', '203.0.113.7')]), 'good 203.0.113.7')
  assert.equal(recordedLine([known, receipt('new', '2001:db8::7')]), 'good 203.0.113.7,2001:db8::7')
})
