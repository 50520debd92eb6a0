import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Address, DeviceName, Problem } from '@ipupdater/protocol'
import { PROBLEMS } from '@ipupdater/protocol'
import type { HistoryEntry } from '@ipupdater/storage'
import { addressFixture } from '../fixtures/address.ts'
import { cardFixture, deviceDataFixture, historyFixture, viewFixture } from '../fixtures/pages.ts'
import { csvRows } from './csv.ts'
import { addressesJson, historyJson } from './json.ts'
import { devicePage } from './page/device.ts'
import { devicesPage } from './page/devices.ts'
import { historyPage } from './page/history.ts'
import { problemPage } from './page/problem.ts'
import { badgeSvg } from './svg/badge.ts'
import { addressesText, historyText, problemText } from './text.ts'
import type { View } from './view.ts'

// No name and no address can hold any of this. The renderers do not rely on it.
const hostile = `"><script>alert('x')</script>&\u202e\u001b[2J`
const proof = { contentDigest: hostile, signatureInput: hostile, signature: hostile, body: hostile }
const members = { device: hostile as DeviceName, address: hostile as Address, proof, flips: 1, flippedAt: 0 }
const current = addressFixture(members)
const entries: HistoryEntry[] = [
  { ...current, kind: 'tenure', open: true },
  { kind: 'outage', device: current.device, from: 0, to: null },
]
const view: View = {
  ...viewFixture,
  page: `?device=${hostile}`,
  formatLink: () => `?device=${hostile}`,
  link: () => `?before=${hostile}`,
  next: `?before=${hostile}`,
}
const problem: Problem = {
  ...PROBLEMS.internal,
  code: 'internal',
  detail: hostile,
  extra: { requestId: hostile },
}

test('on no page a value becomes markup', () => {
  const card = cardFixture(members)
  const pages = {
    cards: devicesPage({ kind: 'cards', devices: [card] }, view).markup,
    table: devicesPage({ kind: 'table', devices: [card] }, view).markup,
    pages: devicesPage({ kind: 'pages', devices: [card] }, view).markup,
    device: devicePage(deviceDataFixture(members), view).markup,
    history: historyPage(historyFixture(entries, { device: hostile, older: {} }), view).markup,
    problem: problemPage(problem, { root: './', page: hostile }).markup,
    badge: badgeSvg(hostile, 'late'),
  }
  for (const [name, page] of Object.entries(pages)) {
    assert.doesNotMatch(page, /alert\('/, name)
    assert.ok(page.includes('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;'), name)
    assert.ok((page.match(/<script/g) ?? []).length <= 1, name)
  }
})

test('in text no cell and no detail has a control character', () => {
  const text = [
    addressesText([current], view),
    historyText(historyFixture(entries), view),
    problemText(problem),
  ].join('')
  assert.doesNotMatch(text, /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u)
})

test('JSON gives back every value unchanged', () => {
  const { addresses } = JSON.parse(addressesJson([current], view))
  assert.equal(addresses[0].address, hostile)
  assert.deepEqual(addresses[0].proof, proof)
  assert.equal(JSON.parse(historyJson(entries, view)).entries[1].device, hostile)
})

test('in CSV a quote or a comma stays within its field, and a control character is escaped', () => {
  const device = 'a "b",\r\nc\u001b[2J\u202e' as DeviceName
  assert.equal(
    csvRows([{ kind: 'outage', device, from: 0, to: 1 }]),
    'outage,"a ""b"",\\u000d\\u000ac\\u001b[2J\\u202e",,,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00.001Z,false,,,\r\n',
  )
})

test('in CSV no field begins like a formula', () => {
  for (const device of ['=1+1', '+1', '-1', '@SUM(A1)']) {
    const csv = csvRows([{ kind: 'outage', device: device as DeviceName, from: 0, to: 1 }])
    assert.match(csv, /^outage,"?'/, JSON.stringify(device))
  }
})
