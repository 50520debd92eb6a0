import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '@ipupdater/protocol'
import { parseAddress } from '@ipupdater/protocol'
import { createLog } from '@ipupdater/runtime'
import { createJournal } from './journal.ts'
import { home } from './test-device.ts'

const receipt: Receipt = { result: 'new', address: parseAddress('2001:db8::7'), firstSeen: 1, lastSeen: 1 }

test('a new address is a line in the log, a confirmed one is none', () => {
  const { journal, lines } = start()
  journal.accepted(home, receipt)
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /INFO .*new address device=home family=IPv6 address=2001:db8::7/)
  journal.accepted(home, { ...receipt, result: 'refreshed' })
  assert.equal(lines.length, 1)
})

test('everything is counted, where counts are wanted', () => {
  const counted: string[] = []
  const { journal } = start({
    accepted: result => counted.push(result),
    refused: code => counted.push(code),
  })
  journal.accepted(home, receipt)
  journal.accepted(home, { ...receipt, result: 'refreshed' })
  journal.refused('stale')
  assert.deepEqual(counted, ['new', 'refreshed', 'stale'])
})

test('the time of the last accepted update is known once there is one', () => {
  const { journal } = start()
  journal.refused('stale')
  assert.equal(journal.acceptedAt(), null)
  journal.accepted(home, { ...receipt, result: 'refreshed' })
  assert.equal(journal.acceptedAt(), 5000)
})

test('callers that Docker has hidden are counted, other refusals are not', () => {
  const { journal } = start()
  assert.equal(journal.maskedSources(), 0)
  journal.refused('source-masked')
  journal.refused('stale')
  journal.refused('source-masked')
  assert.equal(journal.maskedSources(), 2)
})

function start(counts: Parameters<typeof createJournal>[0]['counts'] = null) {
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', write: line => lines.push(line) })
  return { journal: createJournal({ log, counts, now: () => 5000 }), lines }
}
