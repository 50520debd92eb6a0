import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { encodeProblem, PROBLEMS, parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { closedPort, serverTime } from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { current, shown, testViewer } from '../fixtures/viewer.ts'

const later = { startAt: serverTime + 180_000 }
const get = (url: string, args: string[] = []) => ipupdater(['get', '--viewer', url, ...args], {}, later)

test('get prints the bare address that the device has signed, and its age on stderr', async () => {
  await using viewer = await testViewer({ addresses: [shown('203.0.113.7')], next: null })
  const { code, stdout, stderr } = await get(viewer.url)
  assert.equal(code, 0)
  assert.deepEqual(stdout, ['203.0.113.7'])
  assert.equal(stderr, 'home reported this IPv4 address 3 minutes ago; its signature is valid.')
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
  ['no proof', { ...honest, proof: undefined }, /has not signed this address \(203\.0\.113\.7\)/],
  ['an address as not signed', { ...honest, signed: false }, /has not signed this address/],
  ['no proof and a claim to be signed', { ...honest, proof: null, signed: true }, /has not signed/],
]

for (const [what, address, stderr] of tampered) {
  test(`get prints nothing if the viewer shows ${what}`, async () => {
    // The device that the entry names is not trusted either.
    await using viewer = await testViewer({
      addresses: [{ ...(address as object), device: 'home' }],
      next: null,
    })
    const ran = await get(viewer.url)
    assert.equal(ran.code, 1)
    assert.deepEqual(ran.stdout, [])
    assert.match(ran.stderr, stderr)
  })
}

test('get refuses an old proof in a sentence of its own, and --max-age replaces the limit', async () => {
  await using viewer = await testViewer(current(honest))
  const aYear = { startAt: serverTime + 365 * 86_400_000 }
  const { code, stdout, stderr } = await ipupdater(['get', '--viewer', viewer.url], {}, aYear)
  assert.deepEqual([code, stdout], [1, []])
  assert.match(
    stderr,
    /^The last signed report of this address is too old \(203\.0\.113\.7 was reported 365 days ago/,
  )
  const json = await ipupdater(['get', '--viewer', viewer.url, '--json'], {}, aYear)
  assert.deepEqual([json.code, json.stderr], [1, ''])
  const { message, detail, advice, ...line } = JSON.parse(json.stdout[0] ?? '')
  assert.deepEqual(line, { outcome: 'failed', code: 'too-old', exit: 1 })
  assert.ok(message.includes(detail) && message.includes(advice))
  const longer = await ipupdater(['get', '--viewer', viewer.url, '--max-age', '366d'], {}, aYear)
  assert.deepEqual([longer.code, longer.stdout], [0, ['203.0.113.7']])
  const shorter = await get(viewer.url, ['--max-age', '179s'])
  assert.deepEqual([shorter.code, shorter.stdout], [1, []])
})

test('get refuses a proof from the future', async () => {
  await using viewer = await testViewer(current(shown('203.0.113.7', { lastSeen: serverTime + 480_001 })))
  const { code, stdout, stderr } = await get(viewer.url)
  assert.deepEqual([code, stdout], [1, []])
  assert.match(stderr, /signed time of this address is in the future.*clock/)
})

test('an old address of another family is left out in silence', async () => {
  const gone = shown('2001:db8::1', { lastSeen: serverTime - 86_400_000 })
  await using viewer = await testViewer(current(gone, honest))
  const { code, stdout, stderr } = await get(viewer.url)
  assert.deepEqual([code, stdout], [0, ['203.0.113.7']])
  assert.doesNotMatch(stderr, /Left out/)
  const asked = await get(viewer.url, ['--family', '6'])
  assert.equal(asked.code, 1)
  assert.match(asked.stderr, /too old \(2001:db8::1/)
})

test('with --unsigned, an unsigned address is printed and called so, and needs no secret', async () => {
  await using viewer = await testViewer(current({ ...honest, signed: false, proof: undefined }))
  const { code, stdout, stderr } = await ipupdater(
    ['get', '--unsigned', '--viewer', viewer.url],
    { SECRET: '' },
    later,
  )
  assert.deepEqual([code, stdout], [0, ['203.0.113.7']])
  assert.match(stderr, /3 minutes ago\. It is not signed\./)
  const json = await get(viewer.url, ['--unsigned', '--json'])
  assert.equal(JSON.parse(json.stdout[0] ?? '').signed, false)
})

test('--unsigned does not accept an invalid proof', async () => {
  await using viewer = await testViewer(current({ ...honest, address: '203.0.113.8' }))
  const { code, stdout } = await get(viewer.url, ['--unsigned'])
  assert.deepEqual([code, stdout], [1, []])
})

test('of two families IPv4 is printed, unless it has missed a report', async () => {
  const six = shown('2001:db8::1', { lastSeen: serverTime })
  const both = (lastSeen: number) => ({ addresses: [shown('203.0.113.7', { lastSeen }), six], next: null })
  await using fresh = await testViewer(both(serverTime - 299_000))
  assert.deepEqual((await get(fresh.url)).stdout, ['203.0.113.7'])
  await using gone = await testViewer(both(serverTime - 301_000))
  assert.deepEqual((await get(gone.url)).stdout, ['2001:db8::1'])
  await using asked = await testViewer(both(serverTime))
  assert.deepEqual((await get(asked.url, ['--family', '6'])).stdout, ['2001:db8::1'])
})

test('a family that only an old secret verifies is left out, and named', async () => {
  const old = shown('2001:db8::1', { secret: parseSecret('the secret before this') })
  await using viewer = await testViewer({ addresses: [honest, old], next: null })
  const { code, stdout, stderr } = await get(viewer.url)
  assert.equal(code, 0)
  assert.deepEqual(stdout, ['203.0.113.7'])
  assert.match(stderr, /^Left out: /)
})

test('a device that the viewer does not know is named', async () => {
  await using viewer = await testViewer(encodeProblem('unknown-device'), 404)
  const { code, stderr } = await get(viewer.url)
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`^${PROBLEMS['unknown-device'].title}`))
})

const login = { 'www-authenticate': 'Basic realm="ip"' }

test('a viewer behind a login gets user name and password of its URL', async () => {
  await using viewer = await testViewer(current(honest))
  const url = viewer.url.replace('http://', 'http://me:p%40ss%20word@')
  assert.equal((await get(url)).code, 0)
  assert.deepEqual(viewer.logins, [`Basic ${Buffer.from('me:p@ss word').toString('base64')}`])
  assert.equal((await get(viewer.url)).code, 0)
  assert.equal(viewer.logins[1], undefined)
})

test('the URL of the viewer may come from a file', async () => {
  const directory = temporaryDirectory()
  await using viewer = await testViewer(current(honest))
  const file = join(directory, 'viewer')
  writeFileSync(file, `${viewer.url.replace('http://', 'http://me:password@')}\n`)
  const { code, stdout } = await ipupdater(['get'], { VIEWER_URL_FILE: file }, later)
  assert.deepEqual([code, stdout, viewer.logins.length], [0, ['203.0.113.7'], 1])
  assert.match(viewer.logins[0] ?? '', /^Basic /)
  const missing = await ipupdater(['get', '--viewer-file', join(directory, 'missing')])
  assert.match(missing.stderr, /^--viewer-file "[^"]*missing" does not exist/)
  const both = await ipupdater(['get'], { VIEWER_URL: viewer.url, VIEWER_URL_FILE: file })
  assert.match(both.stderr, /both set. Keep one/)
})

for (const status of [401, 403]) {
  test(`status ${status} of a viewer says that a login is required, and how to give it`, async () => {
    await using viewer = await testViewer('<html>', status, { ...login, 'content-type': 'text/html' })
    const { code, stderr } = await get(viewer.url)
    assert.equal(code, 1)
    assert.match(stderr, /^A login is required .*VIEWER_URL, such as https:\/\/USER:PASSWORD@/)
    const wrong = await get(viewer.url.replace('http://', 'http://me:wrong-password@'))
    assert.match(wrong.stderr, /user name and password are not accepted/)
    assert.ok(!wrong.stderr.includes('wrong-password'))
  })
}

const missing: [string, () => Promise<{ url: string }>, 1 | 75, RegExp][] = [
  [
    'the receiver',
    () => testViewer(encodeProblem('not-found'), 404),
    1,
    /^This is the receiver, not the viewer/,
  ],
  ['a page', () => testViewer('<html>'), 1, /not an ipupdater viewer/],
  ['another web server', () => testViewer('Not Found', 404), 1, /not an ipupdater viewer/],
  [
    'a redirect',
    () => testViewer('', 301, { location: 'https://a.example/' }),
    1,
    /redirects .*as VIEWER_URL/,
  ],
  [
    'a proxy without a viewer',
    () => testViewer('<html>', 502),
    75,
    /the viewer behind it does not.*Start the viewer/,
  ],
  [
    'nothing',
    async () => ({ url: await closedPort() }),
    75,
    /Nothing listens .*Start the viewer.*VIEWER_URL/,
  ],
]

for (const [what, make, code, sentence] of missing) {
  test(`${what} in the place of the viewer is named`, async () => {
    const { url, ...server } = await make()
    try {
      const ran = await get(url)
      assert.deepEqual([ran.code, ran.stdout], [code, []])
      assert.match(ran.stderr, sentence)
    } finally {
      if (Symbol.asyncDispose in server) await (server as AsyncDisposable)[Symbol.asyncDispose]()
    }
  })
}
