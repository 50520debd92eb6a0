import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverTime } from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { shown, testViewer } from '../fixtures/viewer.ts'

const honest = shown('203.0.113.7')

test('history marks what the device has signed, and follows the pages', async () => {
  const outage = { kind: 'outage', device: 'home', from: serverTime - 7_200_000, to: serverTime - 3_600_000 }
  const forged = { ...shown('203.0.113.9', { lastSeen: serverTime - 8_000_000 }), address: '203.0.113.10' }
  await using viewer = await testViewer([
    { entries: [honest, outage], next: '?before=x' },
    { entries: [forged], next: null },
  ])
  const { code, stdout } = await ipupdater([
    'history',
    '--viewer',
    viewer.url,
    '--json',
    '--from',
    '2025-11-01',
  ])
  assert.equal(code, 0)
  assert.deepEqual(
    stdout.map(line => JSON.parse(line)).map(({ kind, address, verified }) => [kind, address, verified]),
    [
      ['tenure', '203.0.113.7', true],
      ['outage', undefined, undefined],
      ['tenure', '203.0.113.10', false],
    ],
  )
  assert.deepEqual(viewer.paths, ['/history/home?from=2025-11-01&limit=50', '/history/home?before=x'])
})

test('history prints a line for each entry', async () => {
  const outage = { kind: 'outage', device: 'home', from: serverTime, to: null }
  await using viewer = await testViewer({ entries: [outage, { ...honest, proof: null }, honest], next: null })
  const { stdout } = await ipupdater(['history', '--viewer', viewer.url])
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`
  assert.match(stdout[0] ?? '', new RegExp(`^${time} {20}no reports$`))
  assert.match(stdout[1] ?? '', new RegExp(`^${time}  ${time}  IPv4  203\\.0\\.113\\.7  NOT SIGNED$`))
  assert.match(stdout[2] ?? '', new RegExp(`^${time}  ${time}  IPv4  203\\.0\\.113\\.7  verified$`))
})

test('history stops at its limit, and at a next page on another server', async () => {
  await using viewer = await testViewer({ entries: [honest, honest, honest], next: '?x' })
  const { stdout } = await ipupdater(['history', '--viewer', viewer.url, '--limit', '2'])
  assert.equal(stdout.length, 2)
  await using liar = await testViewer({ entries: [honest], next: 'http://elsewhere.example/' })
  const ran = await ipupdater(['history', '--viewer', liar.url])
  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /next page is on another server/)
})
