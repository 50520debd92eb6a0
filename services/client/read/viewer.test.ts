import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import type { ClientError } from '../errors.ts'
import { shown, testViewer } from '../fixtures/viewer.ts'
import { connect } from '../http.ts'
import { fetchAddresses, fetchHistory, parseHistory } from './viewer.ts'

const device = parseDeviceName('home')
const tenure = shown('203.0.113.7')
const outage = { kind: 'outage', device: 'home', from: 1_000, to: 2_000 }

/** The entries of a history of at most `limit`, and the paths that were asked for. */
async function historyOf(document: unknown, limit = 1_000) {
  await using viewer = await testViewer(document)
  using connection = connect()
  const query = { device, limit, from: '2026-01-01', to: undefined }
  const entries = await Array.fromAsync(fetchHistory(connection, new URL(viewer.url), query))
  return { entries, paths: viewer.paths }
}

const pages = (...counts: number[]) =>
  counts.map((count, index) => ({
    entries: Array.from({ length: count }, () => tenure),
    next: index === counts.length - 1 ? null : `?before=${index}`,
  }))

test('a history is asked for by pages of at most 50 entries, and a smaller limit is passed on', async () => {
  const { entries, paths } = await historyOf(pages(2, 1))
  assert.equal(entries.length, 3)
  assert.deepEqual(paths, ['/history/home?from=2026-01-01&limit=50', '/history/home?before=0'])
  assert.deepEqual((await historyOf(pages(2), 7)).paths, ['/history/home?from=2026-01-01&limit=7'])
})

test('a history ends at its limit, without asking for another page', async () => {
  const { entries, paths } = await historyOf(pages(2, 2), 2)
  assert.deepEqual([entries.length, paths.length], [2, 1])
  assert.equal((await historyOf(pages(2, 2), 3)).entries.length, 3)
})

test('an empty page ends a history, whatever follows it', async () => {
  const { entries, paths } = await historyOf(pages(0, 1))
  assert.deepEqual([entries.length, paths.length], [0, 1])
})

test('a tenure and an outage are read whole', () => {
  const { kind, proof, ...others } = tenure
  assert.deepEqual(parseHistory([{ entries: [tenure, outage, { ...outage, to: null }], next: null }]), [
    { kind, ...others, isSigned: true, proof },
    outage,
    { ...outage, to: null },
  ])
})

test('an entry is signed if it has a proof and does not say that it is unsigned', () => {
  const isSigned = (about: object) => {
    const [entry] = parseHistory([{ entries: [{ ...tenure, ...about }], next: null }])
    return entry?.kind === 'tenure' && entry.isSigned
  }
  assert.deepEqual(
    [{}, { signed: true }, { signed: false }, { proof: null }, { proof: undefined }].map(isSigned),
    [true, true, false, false, false],
  )
})

test('a history without its last page is none', () => {
  assert.throws(() => parseHistory([]), SyntaxError)
  assert.throws(() => parseHistory([{ entries: [], next: '?before=x' }]), SyntaxError)
})

const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

test('times reach from 1970 to the end of the year 9999', () => {
  const times = { ...outage, from: 0, to: lastTime }
  assert.deepEqual(parseHistory([{ entries: [times], next: null }]), [times])
})

const wrong: [what: string, entry: unknown][] = [
  ['an entry of another kind', { ...outage, kind: 'holiday' }],
  ['no object', 'outage'],
  ['null', null],
  ['a device that is no text', { ...outage, device: 7 }],
  ['a device with a wrong name', { ...outage, device: 'My Home' }],
  ['an address that is no text', { ...tenure, address: 7 }],
  ['an address that is none', { ...tenure, address: 'here' }],
  ['a time as text', { ...outage, from: '1000' }],
  ['a time with a fraction', { ...outage, from: 1.5 }],
  ['a time before 1970', { ...outage, from: -1 }],
  ['a time after 9999', { ...outage, from: lastTime + 1 }],
]

for (const [what, entry] of wrong) {
  test(`${what} is not understood, and a viewer that shows it is not ours`, async () => {
    await assert.rejects(
      historyOf({ entries: [entry], next: null }),
      ({ code, detail, cause, message }: ClientError) => {
        assert.deepEqual([code, detail], ['not-our-viewer', 'its JSON has another form'])
        assert.ok(cause instanceof Error)
        assert.match(message, /VIEWER_URL/)
        return true
      },
    )
  })
}

for (const document of [{ addresses: { 0: tenure } }, {}, [[]], 'null', '7', '<html>']) {
  test(`${JSON.stringify(document).slice(0, 30)} is no list of addresses`, async () => {
    await using viewer = await testViewer(document)
    using connection = connect()
    await assert.rejects(fetchAddresses(connection, new URL(viewer.url), device), { code: 'not-our-viewer' })
  })
}

test('a login of the URL becomes a header, and without one there is none', async () => {
  await using viewer = await testViewer({ addresses: [], next: null })
  using connection = connect()
  const withLogin = new URL(viewer.url)
  withLogin.username = 'me'
  withLogin.password = 'made:up'
  for (const url of [withLogin, new URL(viewer.url)]) await fetchAddresses(connection, url, device)
  assert.deepEqual(viewer.logins, [`Basic ${Buffer.from('me:made:up').toString('base64')}`, undefined])
})
