import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { encodeProblem, parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
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
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d`
  assert.match(stdout[0] ?? '', new RegExp(`^${time} {29}no reports$`))
  assert.match(stdout[1] ?? '', new RegExp(`^${time}  ${time}  IPv4  203\\.0\\.113\\.7  NOT SIGNED$`))
  assert.match(stdout[2] ?? '', new RegExp(`^${time}  ${time}  IPv4  203\\.0\\.113\\.7  verified$`))
})

test('a time that the viewer does not understand is wrong use, with its reason and exit code 2', async () => {
  await using viewer = await testViewer(encodeProblem('bad-query', '"from" is later than "to".'), 400)
  const { code, stderr } = await ipupdater(['history', '--viewer', viewer.url, '--from', '2026-11-22'])
  assert.equal(
    stderr,
    'The viewer refuses these flags: "from" is later than "to".\nWhat to do: run "ipupdater help history".',
  )
  assert.equal(code, 2)
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

test('history refuses a next page that is no URL, and a time that no calendar has', async () => {
  for (const answer of [
    { entries: [honest], next: 'http://[' },
    { entries: [{ ...honest, lastSeen: Number.MAX_SAFE_INTEGER }], next: null },
    { entries: [{ kind: 'outage', device: 'home', from: -Number.MAX_SAFE_INTEGER, to: null }], next: null },
  ]) {
    await using viewer = await testViewer(answer)
    const { code, stderr } = await ipupdater(['history', '--viewer', viewer.url])
    assert.equal(code, 1)
    assert.match(stderr, /^This is not an ipupdater viewer/)
  }
})

const rotated = parseSecret('the secret before the rotation')
const old = shown('203.0.113.6', { lastSeen: serverTime - 3_600_000, secret: rotated })

test('after a rotation, history says "signed with an earlier secret", and checks it if it has that secret', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'earlier')
  writeFileSync(file, rotated)
  await using viewer = await testViewer({ entries: [honest, old], next: null })
  const args = ['history', '--viewer', viewer.url]
  const without = await ipupdater(args)
  assert.match(without.stdout[1] ?? '', /203\.0\.113\.6 {2}not checked: signed with an earlier secret$/)
  assert.match(without.stderr, /--earlier-secret-file PATH/)
  const { stdout, stderr } = await ipupdater([...args, '--earlier-secret-file', file])
  assert.match(stdout[1] ?? '', /203\.0\.113\.6 {2}verified, signed with an earlier secret$/)
  assert.equal(stderr, '')
  const json = await ipupdater([...args, '--json', '--earlier-secret-file', file])
  const lines = json.stdout.map(line => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ verified, secret }) => [verified, secret]),
    [
      [true, 'current'],
      [true, 'earlier'],
    ],
  )
})

test('another secret is not called an earlier one unless the current secret verifies a later entry', async () => {
  await using viewer = await testViewer({ entries: [old, honest], next: null })
  const { stdout } = await ipupdater(['history', '--viewer', viewer.url])
  assert.match(stdout[0] ?? '', /NOT VERIFIED: signed with another secret$/)
})

test('an altered entry is never called signed with an earlier secret', async () => {
  const altered = [
    { ...old, address: '203.0.113.5' },
    { ...old, lastSeen: old.lastSeen + 1 },
    { ...old, proof: { ...old.proof, body: '{}' } },
    shown('203.0.113.6', { device: 'cabin', secret: rotated }),
    shown('203.0.113.6', { device: 'cabin' }),
  ].map(entry => ({ ...entry, device: 'home' }))
  await using viewer = await testViewer({ entries: [honest, ...altered], next: null })
  const { stdout } = await ipupdater(['history', '--viewer', viewer.url])
  assert.equal(stdout.length, 6)
  for (const line of stdout.slice(1)) assert.match(line, /NOT VERIFIED: /)
})

test('--at asks for one moment, and excludes a period', async () => {
  await using viewer = await testViewer({ entries: [honest], next: null })
  const args = ['history', '--viewer', viewer.url, '--at', '2025-11-22T14:03']
  assert.equal((await ipupdater(args)).code, 0)
  assert.deepEqual(viewer.paths, ['/history/home?at=2025-11-22T14%3A03&limit=50'])
  const both = await ipupdater([...args, '--from', '2025-11-22'])
  assert.equal(both.code, 2)
  assert.match(both.stderr, /--at is one moment/)
})

test('an empty period is named', async () => {
  await using viewer = await testViewer({ entries: [], next: null })
  const { code, stdout, stderr } = await ipupdater(['history', '--viewer', viewer.url])
  assert.deepEqual([code, stdout, stderr], [0, [], 'Nothing in this period.'])
})
