import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeProblem, parseSecret } from '@ipupdater/protocol'
import { closedPort, serverTime } from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { shown, testViewer } from '../fixtures/viewer.ts'

const later = { now: serverTime + 180_000 }
const get = (url: string, args: string[] = []) => ipupdater(['get', '--viewer', url, ...args], {}, later)

test('get prints the bare address that the device has signed, and its age beside it', async () => {
  await using viewer = await testViewer({ addresses: [shown('203.0.113.7')], next: null })
  const { code, printed, told } = await get(viewer.url)
  assert.equal(code, 0)
  assert.deepEqual(printed, ['203.0.113.7'])
  assert.equal(told, 'home reported this IPv4 address 3 minutes ago; its signature holds.')
  assert.deepEqual(viewer.paths, ['/getip/home'])
})

test('get asks for the device of its argument, under the path of the viewer', async () => {
  await using viewer = await testViewer({
    addresses: [shown('203.0.113.7', { device: 'cabin' })],
    next: null,
  })
  assert.equal((await get(`${viewer.url}/ip`, ['cabin'])).code, 0)
  assert.deepEqual(viewer.paths, ['/ip/getip/cabin'])
})

const honest = shown('203.0.113.7')
const tampered: [string, unknown, RegExp][] = [
  [
    'another address',
    { ...honest, address: '203.0.113.8' },
    /the proof says 203\.0\.113\.7, the viewer says 203\.0\.113\.8/,
  ],
  [
    'a later time',
    { ...honest, lastSeen: serverTime + 60_000 },
    /the viewer shows another time than the proof/,
  ],
  [
    'the proof of another device',
    shown('203.0.113.7', { device: 'cabin' }),
    /the proof is of cabin, not of home/,
  ],
  [
    'a proof by another secret',
    shown('203.0.113.7', { secret: parseSecret('another secret, as good') }),
    /does not verify/,
  ],
  ['a proof with another body', { ...honest, proof: { ...honest.proof, body: '{}' } }, /does not verify/],
  ['no proof', { ...honest, proof: undefined }, /does not verify/],
]

for (const [what, address, told] of tampered) {
  test(`get prints nothing where the viewer shows ${what}`, async () => {
    // The device of the row is not believed either.
    await using viewer = await testViewer({
      addresses: [{ ...(address as object), device: 'home' }],
      next: null,
    })
    const ran = await get(viewer.url)
    assert.equal(ran.code, 1)
    assert.deepEqual(ran.printed, [])
    assert.match(ran.told, told)
  })
}

test('--max-age keeps an old address back, and says how old it is', async () => {
  await using viewer = await testViewer({ addresses: [honest], next: null })
  assert.equal((await get(viewer.url, ['--max-age', '3m'])).code, 0)
  const { code, printed, told } = await get(viewer.url, ['--max-age', '179s'])
  assert.equal(code, 1)
  assert.deepEqual(printed, [])
  assert.match(told, /203\.0\.113\.7 was reported 3 minutes ago/)
})

test('of two families IPv4 is printed, unless it has missed a report', async () => {
  const six = shown('2001:db8::1', { lastSeen: serverTime })
  const both = (lastSeen: number) => ({ addresses: [shown('203.0.113.7', { lastSeen }), six], next: null })
  await using fresh = await testViewer(both(serverTime - 299_000))
  assert.deepEqual((await get(fresh.url)).printed, ['203.0.113.7'])
  await using gone = await testViewer(both(serverTime - 301_000))
  assert.deepEqual((await get(gone.url)).printed, ['2001:db8::1'])
  await using asked = await testViewer(both(serverTime))
  assert.deepEqual((await get(asked.url, ['--family', '6'])).printed, ['2001:db8::1'])
})

test('a family that only an old secret proves is left out, and told', async () => {
  const old = shown('2001:db8::1', { secret: parseSecret('the secret before this') })
  await using viewer = await testViewer({ addresses: [honest, old], next: null })
  const { code, printed, told } = await get(viewer.url)
  assert.equal(code, 0)
  assert.deepEqual(printed, ['203.0.113.7'])
  assert.match(told, /^Left out: /)
})

test('a device that the viewer does not know is told so', async () => {
  await using viewer = await testViewer(JSON.parse(encodeProblem('unknown-device')), 404)
  const { code, told } = await get(viewer.url)
  assert.equal(code, 1)
  assert.match(told, /Unknown device/)
})

test('the receiver in place of the viewer, a page, or nothing at all: each is told', async () => {
  await using receiver = await testViewer(JSON.parse(encodeProblem('not-found')), 404)
  assert.equal((await get(receiver.url)).code, 1)
  await using page = await testViewer('<html>')
  assert.match((await get(page.url)).told, /not an ipupdater viewer/)
  const nobody = await get(await closedPort())
  assert.equal(nobody.code, 75)
  assert.match(nobody.told, /Nothing listens/)
})

test('history marks what the device has signed, and follows the pages', async () => {
  const outage = { kind: 'outage', device: 'home', from: serverTime - 7_200_000, to: serverTime - 3_600_000 }
  const forged = { ...shown('203.0.113.9', { lastSeen: serverTime - 8_000_000 }), address: '203.0.113.10' }
  await using viewer = await testViewer([
    { entries: [honest, outage], next: '?before=x' },
    { entries: [forged], next: null },
  ])
  const { code, printed } = await ipupdater([
    'history',
    '--viewer',
    viewer.url,
    '--json',
    '--from',
    '2025-11-01',
  ])
  assert.equal(code, 0)
  assert.deepEqual(
    printed.map(line => JSON.parse(line)).map(({ kind, address, verified }) => [kind, address, verified]),
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
  const { printed } = await ipupdater(['history', '--viewer', viewer.url])
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`
  assert.match(printed[0] ?? '', new RegExp(`^${time} {20}no reports$`))
  assert.match(printed[1] ?? '', new RegExp(`^${time}  ${time}  IPv4  203\\.0\\.113\\.7  NOT VERIFIED$`))
  assert.match(printed[2] ?? '', new RegExp(`^${time}  ${time}  IPv4  203\\.0\\.113\\.7  verified$`))
})

test('history stops at its limit, and at a next page that is somewhere else', async () => {
  await using viewer = await testViewer({ entries: [honest, honest, honest], next: '?x' })
  const { printed } = await ipupdater(['history', '--viewer', viewer.url, '--limit', '2'])
  assert.equal(printed.length, 2)
  await using liar = await testViewer({ entries: [honest], next: 'http://elsewhere.example/' })
  const ran = await ipupdater(['history', '--viewer', liar.url])
  assert.equal(ran.code, 1)
  assert.match(ran.told, /next page is somewhere else/)
})
