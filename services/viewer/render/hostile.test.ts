import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Address, DeviceName, Problem } from '@ipupdater/protocol'
import { PROBLEMS } from '@ipupdater/protocol'
import type { CurrentAddress, HistoryEntry } from '@ipupdater/storage'
import { historyCsv } from './csv.ts'
import { addressesJson, historyJson } from './json.ts'
import { addressesPage } from './page/addresses.ts'
import { devicePage } from './page/device.ts'
import { historyPage } from './page/history.ts'
import { problemPage } from './page/problem.ts'
import { addressesText, historyText, problemText } from './text.ts'
import type { View } from './view.ts'
import { zonedTime } from './zoned-time.ts'

// No name and no address can hold any of this. The renderers do not rely on it.
const hostile = `"><script>alert('x')</script>&\u202e\u001b[2J`
const proof = { contentDigest: hostile, signatureInput: hostile, signature: hostile, body: hostile }
const held: CurrentAddress = {
  device: hostile as DeviceName,
  family: 4,
  address: hostile as Address,
  firstSeen: 0,
  lastSeen: 0,
  confirmations: 1,
  interval: 300,
  reportedAt: 0,
  dueAt: 300_000,
  lateAfter: 450_000,
  flips: 1,
  given: false,
  flippedAt: 0,
  proof,
}
const entries: HistoryEntry[] = [
  { ...held, kind: 'tenure', open: true },
  { kind: 'outage', device: held.device, from: 0, to: null },
]
const view: View = {
  now: 1_000_000,
  time: zonedTime('UTC'),
  root: './',
  formatLink: () => `?device=${hostile}`,
  next: `?before=${hostile}`,
}
const problem: Problem = {
  ...PROBLEMS.internal,
  code: 'internal',
  detail: hostile,
  extra: { requestId: hostile },
}

test('on no page does anything that is shown become markup', () => {
  const pages = {
    addresses: addressesPage([held], view),
    device: devicePage([held], view),
    history: historyPage({ device: hostile, entries }, view),
    problem: problemPage(problem, './'),
  }
  for (const [name, page] of Object.entries(pages)) {
    assert.doesNotMatch(page, /<script|alert\('/, name)
    assert.ok(page.includes('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;'), name)
  }
})

test('in text no cell and no detail has a control character', () => {
  const text = [addressesText([held], view), historyText(entries, view), problemText(problem)].join('')
  assert.doesNotMatch(text, /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u)
})

test('in JSON everything comes back as it was put in', () => {
  const { addresses } = JSON.parse(addressesJson([held], view))
  assert.equal(addresses[0].address, hostile)
  assert.deepEqual(addresses[0].proof, proof)
  assert.equal(JSON.parse(historyJson(entries, view)).entries[1].device, hostile)
})

test('in CSV a quote or a comma stays within its field, and a control character is escaped', () => {
  const device = 'a "b",\r\nc\u001b[2J\u202e' as DeviceName
  const [, ...rows] = historyCsv([{ kind: 'outage', device, from: 0, to: 1 }]).split(/^kind.*\r\n/)
  assert.deepEqual(rows, [
    'outage,"a ""b"",\\u000d\\u000ac\\u001b[2J\\u202e",,,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00.001Z,false,\r\n',
  ])
})

test('in CSV no field begins like a formula', () => {
  for (const device of ['=1+1', '+1', '-1', '@SUM(A1)']) {
    const csv = historyCsv([{ kind: 'outage', device: device as DeviceName, from: 0, to: 1 }])
    assert.match(csv, /\noutage,"?'/, JSON.stringify(device))
  }
})
