import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '@ipupdater/protocol'
import { parseAddress } from '@ipupdater/protocol'
import { createLog } from '@ipupdater/runtime'
import { home } from '../fixtures/device.ts'
import { createEvents } from './events.ts'

const receipt: Receipt = { result: 'new', address: parseAddress('2001:db8::7'), firstSeen: 1, lastSeen: 1 }

test('a new address is logged, a confirmed one is not', () => {
  const { events, lines } = start()
  events.accepted(home, receipt)
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /INFO .*new address device=home family=IPv6 address=2001:db8::7/)
  events.accepted(home, { ...receipt, result: 'refreshed' })
  assert.equal(lines.length, 1)
})

test('every outcome is counted if there are metrics', () => {
  const counted: string[] = []
  const { events } = start({
    accepted: result => counted.push(result),
    refused: code => counted.push(code),
  })
  events.accepted(home, receipt)
  events.accepted(home, { ...receipt, result: 'refreshed' })
  events.refused('stale')
  assert.deepEqual(counted, ['new', 'refreshed', 'stale'])
})

test('a refusal that anyone can cause with a public message is not counted', () => {
  const counted: string[] = []
  const { events } = start({ accepted: () => {}, refused: code => counted.push(code) })
  events.refused('not-newer')
  assert.deepEqual(counted, [])
})

function start(counts: Parameters<typeof createEvents>[0]['counts'] = null) {
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', write: line => lines.push(line) })
  return { events: createEvents({ log, counts }), lines }
}
