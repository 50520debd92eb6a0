import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { serverTime } from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { shown, testViewer } from '../fixtures/viewer.ts'

const hour = 3_600_000
/** Held for an hour, until so many hours ago. */
const tenure = (address: string, hoursAgo: number, about = {}) => ({
  ...shown(address, { lastSeen: serverTime - hoursAgo * hour, ...about }),
  firstSeen: serverTime - (hoursAgo + 1) * hour + 1,
})
const outage = { kind: 'outage', device: 'home', from: serverTime - 4 * hour + 1, to: serverTime - 3 * hour }

const newest = tenure('203.0.113.9', 0)
const middle = tenure('203.0.113.8', 1)
const oldest = tenure('203.0.113.7', 2)
const honest = [newest, middle, oldest, outage, tenure('2001:db8::1', 5)]

async function auditOf(entries: readonly object[], args: string[] = []) {
  await using viewer = await testViewer({ entries, next: null })
  return await ipupdater(['audit', viewer.url, ...args])
}

test('an honest history has no finding', async () => {
  const { code, stdout } = await auditOf(honest)
  assert.deepEqual([code, stdout], [0, ['home: 5 entries, 4 of them verified, no findings.']])
})

test('an audit follows every page', async () => {
  await using viewer = await testViewer([
    { entries: [newest], next: '?before=x' },
    { entries: [middle, oldest], next: null },
  ])
  const { stdout } = await ipupdater(['audit'], { VIEWER_URL: viewer.url })
  assert.deepEqual(stdout, ['home: 3 entries, 3 of them verified, no findings.'])
})

const later = parseSecret('a secret that nobody gave')
const found: [string, object[], RegExp[]][] = [
  [
    'an altered address',
    [{ ...newest, address: '203.0.113.99' }],
    [/altered: the proof says 203\.0\.113\.9/],
  ],
  ['an altered time', [{ ...newest, lastSeen: serverTime - 1 }], [/altered: the viewer shows another time/]],
  ['an altered proof', [{ ...newest, proof: { ...newest.proof, body: '{}' } }], [/altered: /]],
  [
    'the proof of another device',
    [{ ...tenure('203.0.113.9', 0, { device: 'cabin' }), device: 'home' }],
    [/altered: the proof is of cabin, not of home/],
  ],
  ['an entry of another device', [{ ...newest, device: 'cabin' }], [/altered: it is an entry of cabin/]],
  [
    'a forged address',
    [{ ...newest, address: '203.0.113.99', proof: tenure('203.0.113.9', 0, { secret: later }).proof }],
    [/altered: the proof does not belong to this entry/],
  ],
  [
    'an address by another secret',
    [newest, tenure('203.0.113.8', 1, { secret: later })],
    [/not-verifiable: none of the given secrets/],
  ],
  ['an address without a proof', [newest, { ...middle, proof: null }], [/not-verifiable: it has no proof/]],
  ['entries out of order', [newest, oldest, middle], [/203\.0\.113\.8 +out-of-order: it began after/]],
  [
    'an entry that ends before it begins',
    [newest, { ...middle, firstSeen: middle.lastSeen + 1 }],
    [/out-of-order: it ends before/],
  ],
  [
    'two addresses at a time',
    [newest, { ...middle, firstSeen: oldest.lastSeen - 5 }, oldest],
    [/203\.0\.113\.8 +contradictory: it began before the last report of 203\.0\.113\.7/],
  ],
  ['the same entry twice', [newest, newest], [/contradictory/]],
  [
    'a report in an outage',
    [newest, middle, { ...outage, from: middle.lastSeen - 5, to: middle.lastSeen + 5 }],
    [/out-of-order/, /no reports +contradictory: the device has signed a report of 203\.0\.113\.8/],
  ],
  [
    'a report after an outage that is said to go on',
    [{ ...outage, to: null, from: newest.firstSeen }, newest],
    [/contradictory: the device has signed a report of 203\.0\.113\.9/],
  ],
]

for (const [what, entries, sentences] of found) {
  test(`an audit finds ${what}`, async () => {
    const { code, stdout } = await auditOf(entries)
    assert.equal(code, 1)
    const [summary, ...findings] = stdout.toReversed()
    assert.match(summary ?? '', /\d findings?\.$/)
    for (const sentence of sentences)
      assert.ok(
        findings.some(line => sentence.test(line)),
        stdout.join('\n'),
      )
    // The time is that of the entry.
    for (const line of findings) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}/)
  })
}

test('a viewer that shows an old state is found out by the age of its newest proof', async () => {
  const { code, stdout } = await auditOf([middle, oldest])
  assert.equal(code, 1)
  assert.match(
    stdout[0] ?? '',
    /last signed report of this address is too old \(203\.0\.113\.8 was reported 1 hour ago/,
  )
  assert.equal((await auditOf([middle, oldest], ['--max-age', '2h'])).code, 0)
})

test('with the secrets from before rotations, everything is verified', async () => {
  const files = filesWith('the first secret of all', 'the second secret of all')
  const entries = [
    newest,
    tenure('203.0.113.8', 1, { secret: parseSecret('the second secret of all') }),
    tenure('203.0.113.7', 2, { secret: parseSecret('the first secret of all') }),
  ]
  assert.equal((await auditOf(entries)).code, 1)
  const { code, stdout } = await auditOf(
    entries,
    files.flatMap(file => ['--earlier-secret-file', file]),
  )
  assert.deepEqual([code, stdout], [0, ['home: 3 entries, 3 of them verified, no findings.']])
})

test('a file is audited without a viewer, and may be old', async () => {
  const [whole = '', pages = ''] = filesWith(
    JSON.stringify({ entries: [middle, oldest], next: null }),
    [
      { entries: [middle], next: '?before=x' },
      { entries: [oldest], next: null },
    ]
      .map(page => JSON.stringify(page))
      .join('\n'),
  )
  for (const file of [whole, pages]) {
    const { code, stdout } = await ipupdater(['audit', file])
    assert.deepEqual([code, stdout], [0, ['home: 2 entries, 2 of them verified, no findings.']])
  }
})

test('an input that is not a history is refused with one sentence', async () => {
  for (const text of ['', '{}', '[]', '<html>', JSON.stringify({ entries: [newest], next: '?before=x' })]) {
    const [file = ''] = filesWith(text)
    const { code, stdout, stderr } = await ipupdater(['audit', file])
    assert.deepEqual([code, stdout], [1, []], text)
    assert.match(stderr, /The file is not a (whole )?history/)
  }
  const missing = await ipupdater(['audit', '/no/such/file'])
  assert.match(missing.stderr, /ENOENT/)
})

test('with --json, each finding and the result are a line', async () => {
  const { code, stdout, stderr } = await auditOf([{ ...newest, address: '203.0.113.99' }], ['--json'])
  assert.deepEqual([code, stderr], [1, ''])
  const [finding, result] = stdout.map(line => JSON.parse(line))
  assert.deepEqual(
    [finding.finding, finding.address, finding.at],
    ['altered', '203.0.113.99', newest.firstSeen],
  )
  assert.deepEqual(result, { outcome: 'failed', device: 'home', entries: 1, verified: 0, findings: 1 })
})

test('with --unsigned, an entry without a proof is no finding', async () => {
  const { code } = await auditOf([newest, { ...middle, proof: null, signed: false }], ['--unsigned'])
  assert.equal(code, 0)
})

const touching: [what: string, entries: object[]][] = [
  ['an entry of one report', [{ ...newest, firstSeen: newest.lastSeen }]],
  ['two entries that began together', [newest, { ...tenure('2001:db8::1', 0), firstSeen: newest.firstSeen }]],
  ['an address of each family at a time', [newest, tenure('2001:db8::1', 0)]],
  [
    'an outage from the last report to the next',
    [newest, { ...outage, from: oldest.lastSeen, to: newest.lastSeen }, oldest],
  ],
]

for (const [what, entries] of touching) {
  test(`an audit has nothing against ${what}`, async () => {
    const sorted = entries.toSorted((a, b) => began(b) - began(a))
    const { code, stdout } = await auditOf(sorted)
    assert.deepEqual([code, stdout.length], [0, 1], stdout.join('\n'))
  })
}

function began(entry: object): number {
  return Number('from' in entry ? entry.from : 'firstSeen' in entry && entry.firstSeen)
}

test('two entries that share one report contradict each other', async () => {
  const { stdout } = await auditOf([{ ...newest, firstSeen: middle.lastSeen }, middle])
  assert.match(
    stdout[0] ?? '',
    /203\.0\.113\.9 +contradictory: it began before the last report of 203\.0\.113\.8/,
  )
})

test('of two entries that began together, the longer one is the later one', async () => {
  const short = { ...middle, firstSeen: newest.firstSeen, lastSeen: middle.lastSeen }
  const { stdout } = await auditOf([
    newest,
    { ...short, firstSeen: middle.firstSeen },
    { ...newest, firstSeen: middle.firstSeen },
  ])
  assert.match(stdout.join('\n'), /contradictory: it began before the last report of 203\.0\.113\.8/)
})

test('the result counts in words for one and for several', async () => {
  assert.deepEqual((await auditOf([newest])).stdout, ['home: 1 entry, 1 of them verified, no findings.'])
  const one = await auditOf([newest, { ...middle, proof: null }])
  assert.equal(one.stdout.at(-1), 'home: 2 entries, 1 of them verified, 1 finding.')
  const two = await auditOf(
    [
      { ...newest, proof: null },
      { ...middle, proof: null },
    ],
    ['--max-age', '2h'],
  )
  assert.match(two.stdout.at(-1) ?? '', /^home: 2 entries, 0 of them verified, \d findings\.$/)
})

test('with --json, an audit without findings is a line', async () => {
  const { code, stdout } = await auditOf([newest], ['--json'])
  assert.equal(code, 0)
  assert.deepEqual(
    stdout.map(line => JSON.parse(line)),
    [{ outcome: 'done', device: 'home', entries: 1, verified: 1, findings: 0 }],
  )
})

test('blank lines between the pages of a file do not count', async () => {
  const [file = ''] = filesWith(`\n${JSON.stringify({ entries: [middle, oldest], next: null })}\n  \n`)
  const { code, stdout } = await ipupdater(['audit', file])
  assert.deepEqual([code, stdout], [0, ['home: 2 entries, 2 of them verified, no findings.']])
})

function filesWith(...texts: string[]): string[] {
  const directory = temporaryDirectory()
  return texts.map((text, index) => {
    const file = join(directory, String(index))
    writeFileSync(file, text)
    return file
  })
}
