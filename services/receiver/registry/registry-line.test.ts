import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName, parseSecret } from '@ipupdater/protocol'
import fc from 'fast-check'
import { encodeRegistryLine, LineFault, parseRegistryLine } from './registry-line.ts'

test('an entry is read as it was written, on one line', () => {
  const secret = fc.string({ minLength: 16, maxLength: 60 }).filter(isSecret).map(parseSecret)
  const device = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).map(parseDeviceName)
  const older = fc.nat(1_000_000)
  const kinds = fc.constantFrom(
    { kind: 'signed', interval: null } as const,
    { kind: 'password', interval: null } as const,
    { kind: 'password', interval: 300 } as const,
  )
  fc.assert(
    fc.property(
      device,
      kinds,
      secret,
      secret,
      older,
      fc.boolean(),
      (name, kind, first, second, added, isRotating) => {
        const newest = { secret: first, added: added + 1 }
        const secrets = isRotating ? [newest, { secret: second, added }] : [newest]
        const entry = { device: name, ...kind, secrets }
        const line = encodeRegistryLine(entry)
        assert.deepEqual(parseRegistryLine(line), entry)
        assert.ok(!line.includes('\n'))
      },
    ),
  )
})

function isSecret(text: string): boolean {
  try {
    return parseSecret(text) === text
  } catch {
    return false
  }
}

const s = 'a secret of length'
const damaged: [what: string, line: string, fault: RegExp][] = [
  ['cut off', `{"device":"home","secrets":[{"secret":"${s}`, /is not JSON/],
  ['a list', '[]', /other members/],
  ['null', 'null', /other members/],
  ['a surplus member', `{"device":"home","secrets":[{"secret":"${s}","added":1}],"x":1}`, /other members/],
  ['without secrets', '{"device":"home","secrets":[]}', /one or two secrets/],
  ['three secrets', `{"device":"home","secrets":[{},{},{}]}`, /one or two secrets/],
  ['a bad name', `{"device":"../home","secrets":[{"secret":"${s}","added":1}]}`, /no device name/],
  [
    'a short secret',
    '{"device":"home","secrets":[{"secret":"short","added":1}]}',
    /secret of home under 16 characters/,
  ],
  ['a secret that is a number', '{"device":"home","secrets":[{"secret":1,"added":1}]}', /no text/],
  [
    'an endless secret',
    `{"device":"home","secrets":[{"secret":"${'x'.repeat(1025)}","added":1}]}`,
    /at most 1024/,
  ],
  ['a time that is a text', `{"device":"home","secrets":[{"secret":"${s}","added":"1"}]}`, /not a time/],
  ['an unknown kind', passwordLine('"oath"', 'null'), /neither "signed" nor "password"/],
  ['a time before 1970', `{"device":"home","secrets":[{"secret":"${s}","added":-1}]}`, /not a time/],
  ['a time with a fraction', `{"device":"home","secrets":[{"secret":"${s}","added":1.5}]}`, /not a time/],
  [
    'another member for its device',
    `{"name":"home","secrets":[{"secret":"${s}","added":1}]}`,
    /other members/,
  ],
  ['a text', '"kind"', /other members/],
  ['an interval as text', passwordLine('"password"', '"300"'), /not a whole number of seconds/],
  ['an interval with a fraction', passwordLine('"password"', '1.5'), /not a whole number of seconds/],
  [
    'an interval above the longest',
    passwordLine('"password"', '2678401'),
    /not a whole number of seconds from 1 to 2678400/,
  ],
  [
    'two secrets of one moment',
    `{"device":"home","secrets":[{"secret":"${s}","added":1},{"secret":"${s}","added":1}]}`,
    /newest first/,
  ],
  ['an interval of zero', passwordLine('"password"', '0'), /not a whole number of seconds/],
  ['a kind but no interval', `{"device":"home","kind":"password","secrets":[]}`, /other members/],
  [
    'the older secret first',
    `{"device":"home","secrets":[{"secret":"${s}","added":1},{"secret":"${s}","added":2}]}`,
    /newest first/,
  ],
]

function passwordLine(kind: string, interval: string): string {
  return `{"device":"home","kind":${kind},"interval":${interval},"secrets":[{"secret":"${s}","added":1}]}`
}

for (const [what, line, fault] of damaged) {
  test(`a line with ${what} is refused, and neither secret nor garbage repeated`, () => {
    assert.throws(
      () => parseRegistryLine(line),
      (error: Error) => {
        assert.ok(error instanceof LineFault)
        assert.match(error.message, fault)
        assert.doesNotMatch(error.message, /secret of length|short"|xxx|\.\.\/home/)
        return true
      },
    )
  })
}

test('the shortest and the longest interval, and the longest secret, are read', () => {
  for (const interval of [1, 2_678_400])
    assert.equal(parseRegistryLine(passwordLine('"password"', String(interval))).interval, interval)
  const longest = 'x'.repeat(1024)
  const [read] = parseRegistryLine(`{"device":"home","secrets":[{"secret":"${longest}","added":0}]}`).secrets
  assert.deepEqual(read, { secret: longest, added: 0 })
})
