import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDictionary, serializeDictionary } from 'structured-headers'
import { parseDeviceName } from './device.ts'
import {
  computeMac,
  encodeSignature,
  encodeSignatureParams,
  findField,
  isMac,
  parseSignature,
  parseSignatureInput,
  requireField,
  signatureBase,
} from './signature.ts'

const nonce = 'AAECAwQFBgcICQoLDA0ODw'
const components = '("@method" "content-digest")'
const params = `${components};created=1763827200;nonce="${nonce}";keyid="home";alg="hmac-sha256";tag="ipupdater-ip"`

function without(name: string): string {
  return params.replace(new RegExp(`;${name}=("[^"]*"|[0-9]+)`), '')
}

function withParameter(name: string, value: string): string {
  return params.replace(new RegExp(`;${name}=("[^"]*"|[0-9]+)`), () => `;${name}=${value}`)
}

function refuses(field: string, message: string | RegExp): void {
  assert.throws(() => parseSignatureInput(field), { code: 'malformed', message }, field)
}

test('a field of one line is its value', () => {
  assert.equal(findField({ signature: 'a' }, 'signature'), 'a')
  assert.equal(requireField({ signature: 'a' }, 'signature'), 'a')
  assert.equal(requireField({ signature: '' }, 'signature'), '')
})

test('lines of one name are combined as RFC 9110 §5.3 says', () => {
  assert.equal(findField({ signature: ['a', 'b'] }, 'signature'), 'a, b')
  assert.equal(findField({ signature: ['a'] }, 'signature'), 'a')
})

test('a missing field is undefined, or malformed if it is required', () => {
  assert.equal(findField({}, 'signature'), undefined)
  assert.throws(() => requireField({ 'signature-input': 'a' }, 'signature'), {
    code: 'malformed',
    message: 'the field signature is missing',
  })
})

test('a field of more than 512 characters is malformed before it is parsed', () => {
  assert.equal(findField({ signature: 'x'.repeat(512) }, 'signature'), 'x'.repeat(512))
  const tooLong = { code: 'malformed', message: 'signature has 513 characters; the limit is 512' }
  assert.throws(() => findField({ signature: 'x'.repeat(513) }, 'signature'), tooLong)
  assert.throws(() => requireField({ signature: 'x'.repeat(513) }, 'signature'), tooLong)
  assert.throws(() => findField({ signature: ['x'.repeat(511), ''] }, 'signature'), tooLong)
})

test('parameters are written as RFC 9421 §4.1 shows, and read back', () => {
  const parameters = { created: 1763827200, nonce, device: parseDeviceName('home'), tag: 'ipupdater-ip' }
  assert.equal(encodeSignatureParams(components, parameters), params)
  assert.deepEqual(parseSignatureInput(`sig=${params}`), {
    label: 'sig',
    components,
    signatureParams: params,
    ...parameters,
  })
})

test('parameters come in any order, under any label of at most 64 characters', () => {
  const reordered = `${components};tag="t";alg="hmac-sha256";keyid="home";nonce="${nonce}";created=0`
  for (const label of ['*a_1.-', 'x'.repeat(64)]) {
    assert.deepEqual(parseSignatureInput(`${label}=${reordered}`), {
      label,
      components,
      signatureParams: reordered,
      created: 0,
      nonce,
      device: 'home',
      tag: 't',
    })
  }
  refuses(`${'x'.repeat(65)}=${reordered}`, /^signature-input is "x/)
})

test('a field that is not one signature in canonical form is malformed', () => {
  const others = [
    '',
    'sig',
    'sig=(',
    'sig=1',
    'sig="("',
    `sig;created=1;nonce="${nonce}"`,
    '"sig"',
    'sig=é',
    `Sig=${params}`,
    `=${params}`,
    `1a=${params}`,
    `sig=${params}, `,
    `sig=${params};`,
    `sig=${params};x`,
    `a=${params}, b=${params}`,
    `sig=${params}, sig=${params}`,
    `sig=${params.replaceAll(';', '; ')}`,
    ` sig=${params}`,
    `sig=${params} `,
    `sig=${params}\n`,
    `sig=${withParameter('tag', '"a\\"b"')}`,
    `sig=${withParameter('tag', '"a\\\\b"')}`,
    `sig=${withParameter('tag', '"a"b')}`,
    `sig=${withParameter('tag', '"é"')}`,
    `sig=${withParameter('tag', '"a\tb"')}`,
    `sig=${withParameter('tag', '')}`,
  ]
  for (const field of others) refuses(field, /^signature-input is ".*": send one signature, /)
  refuses(
    'sig=(',
    'signature-input is "sig=(": send one signature, LABEL=(…);NAME=VALUE…, in the canonical form of RFC 9651',
  )
})

test('a parameter that comes twice is malformed, even with the same value', () => {
  for (const again of ['created=1763827200', 'tag="ipupdater-ip"', 'keyid="cabin"']) {
    const name = again.replace(/=.*/, '')
    refuses(`sig=${params};${again}`, `signature-input has the parameter "${name}" twice`)
  }
})

test('an unknown parameter is malformed, and named', () => {
  for (const extra of ['expires=1763827300', 'context="a"', 'constructor=1']) {
    refuses(
      `sig=${params};${extra}`,
      `signature-input has an unknown parameter "${extra.replace(/=.*/, '')}"`,
    )
  }
})

test('a missing parameter is malformed, and named', () => {
  for (const name of ['created', 'nonce', 'keyid', 'alg', 'tag']) {
    refuses(`sig=${without(name)}`, `signature-input has no parameter "${name}"`)
  }
})

test('"created" is an integer of seconds, zero or more, in its one spelling', () => {
  for (const value of ['-1', '-0', '01', '1.5', '1.0', '1763827200123456', '"1"', 'now', '?0', ':AA==:']) {
    const given = JSON.stringify(value)
    refuses(
      `sig=${withParameter('created', value)}`,
      `signature-input has "created" as ${given}; use an integer of seconds since the epoch`,
    )
  }
  assert.equal(parseSignatureInput(`sig=${withParameter('created', '0')}`).created, 0)
  assert.equal(parseSignatureInput(`sig=${withParameter('created', '999999999999999')}`).created, 1e15 - 1)
})

test('"nonce" is base64url of 22 to 128 characters', () => {
  for (const length of [22, 128]) {
    const value = 'x'.repeat(length)
    assert.equal(parseSignatureInput(`sig=${withParameter('nonce', `"${value}"`)}`).nonce, value)
  }
  for (const value of [
    '',
    'x'.repeat(21),
    'x'.repeat(129),
    `${nonce}=`,
    `${nonce}+`,
    `${nonce}/`,
    ` ${nonce}`,
  ]) {
    refuses(
      `sig=${withParameter('nonce', `"${value}"`)}`,
      /^signature-input has "nonce" as ".*"; use a string of 22 to 128 characters of base64url: 16 random bytes or more$/,
    )
  }
})

test('"alg" is hmac-sha256', () => {
  refuses(
    `sig=${withParameter('alg', '"ed25519"')}`,
    'signature-input has "alg" as "\\"ed25519\\""; use "hmac-sha256"',
  )
})

test('"keyid" is the name of a device', () => {
  refuses(`sig=${withParameter('keyid', '"My Home"')}`, /^"My Home" is not a device name/)
})

test('a string is not a token, a number, a boolean or bytes', () => {
  for (const name of ['nonce', 'keyid', 'alg', 'tag']) {
    for (const value of ['token', '1', '?0', ':AA==:']) {
      refuses(
        `sig=${withParameter(name, value)}`,
        new RegExp(`^signature-input has "${name}" as "${value.replace('?', '\\?')}"; use `),
      )
    }
    refuses(`sig=${withParameter(name, '%"text"')}`, /^signature-input is /)
  }
})

test('every set of parameters survives writing and reading', () => {
  const parameters = fc.record(
    {
      created: fc.integer({ min: 0, max: 999_999_999_999_999 }),
      nonce: fc.stringMatching(/^[A-Za-z0-9_-]{22,128}$/),
      device: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).map(parseDeviceName),
      tag: fc.constantFrom('ipupdater-ip', 'ipupdater-update-answer'),
    },
    { noNullPrototype: true },
  )
  const labels = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,20}$/)
  fc.assert(
    fc.property(labels, parameters, (label, given) => {
      const signatureParams = encodeSignatureParams(components, given)
      assert.deepEqual(parseSignatureInput(`${label}=${signatureParams}`), {
        label,
        components,
        signatureParams,
        ...given,
      })
    }),
  )
})

/**
 * The rules of docs/protocol.md on top of a general parser of structured fields, which knows nothing of ours:
 * what it reads, or null for what the page refuses.
 */
function readByOracle(field: string) {
  const dictionary = orNull(() => parseDictionary(field))
  if (dictionary === null || orNull(() => serializeDictionary(dictionary)) !== field) return null
  const [member, ...others] = dictionary
  if (member === undefined || others.length > 0) return null
  const [label, [list, values]] = member
  if (!Array.isArray(list) || label.length > 64) return null
  const { created, nonce, keyid, alg, tag, ...more } = Object.fromEntries(values)
  if (Object.keys(more).length > 0 || alg !== 'hmac-sha256') return null
  if (typeof created !== 'number' || !Number.isInteger(created) || created < 0) return null
  if (typeof nonce !== 'string' || !/^[A-Za-z0-9_-]{22,128}$/.test(nonce)) return null
  if (typeof keyid !== 'string' || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(keyid)) return null
  if (typeof tag !== 'string' || /["\\]/.test(tag)) return null
  return { label, created, nonce, device: keyid, tag }
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** What we read, or null. The components are compared as text later, so only the fields with ours count. */
function readByUs(field: string) {
  const { components: covered, signatureParams, ...read } = orNull(() => parseSignatureInput(field)) ?? {}
  return covered === components ? read : null
}

test('one character changed, added or taken away is read as a general parser with our rules reads it', () => {
  const original = `sig=${params}`
  const position = fc.nat(original.length)
  const character = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1 }),
    fc.constantFrom(...'";=(), \\-0:?*'),
  )
  fc.assert(
    fc.property(position, fc.nat(1), character, (at, taken, put) => {
      const changed = original.slice(0, at) + put + original.slice(at + taken)
      fc.pre(changed.includes(components))
      assert.deepEqual(readByUs(changed), readByOracle(changed), changed)
    }),
    { numRuns: 3000 },
  )
})

test('parameters with any values, in any order, some twice, are read as a general parser reads them', () => {
  const value = fc.oneof(
    fc.constantFrom(
      '1763827200',
      `"${nonce}"`,
      '"home"',
      '"hmac-sha256"',
      '"ipupdater-ip"',
      '0',
      '-0',
      '1.0',
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
    fc.stringMatching(/^[ -~]{0,20}$/).map(text => JSON.stringify(text)),
  )
  const names = fc.constantFrom('created', 'nonce', 'keyid', 'alg', 'tag', 'x')
  const right = { created: '1', nonce: `"${nonce}"`, keyid: '"home"', alg: '"hmac-sha256"', tag: '"t"' }
  const mostlyRight = fc
    .tuple(fc.shuffledSubarray(Object.entries(right), { minLength: 4 }), fc.array(fc.tuple(names, value)))
    .map(([some, more]) => [...some, ...more.slice(0, 1)])
  fc.assert(
    fc.property(mostlyRight, list => {
      const field = `sig=${components}${list.map(([name, text]) => `;${name}=${text}`).join('')}`
      assert.deepEqual(readByUs(field), readByOracle(field), field)
    }),
    { numRuns: 3000 },
  )
})

const signature = 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8='

test('a signature stands between colons after its label', () => {
  assert.equal(encodeSignature('sig', signature), `sig=:${signature}:`)
  assert.equal(parseSignature(`sig=:${signature}:`, 'sig'), signature)
})

test('a field that is not the one signature of this label in canonical form is malformed', () => {
  const others = [
    '',
    'sig',
    'sig=',
    `sig=${signature}`,
    `other=:${signature}:`,
    `sigx:${signature}:`,
    `xsig=:${signature}:`,
    ` sig=:${signature}:`,
    `sig=:${signature}:\n`,
    `sig=:${signature}:;x`,
    `sig=:${signature}:, sig=:${signature}:`,
    `other=:${signature}:, sig=:${signature}:`,
    `sig=:${signature}:, other=:${signature}:`,
    `sig=:${signature.replace('8=', '9=')}:`,
    `sig=:${signature.slice(0, -1)}:`,
    `sig=:${signature.replace('/', '_')}:`,
    `sig=:AAAA${signature}:`,
    'sig=::',
  ]
  for (const other of others) assert.throws(() => parseSignature(other, 'sig'), { code: 'malformed' }, other)
  assert.throws(() => parseSignature('none', 'sig'), {
    message: 'signature is "none": send one signature, "sig=:…:", 32 bytes in canonical base64',
  })
})

test('every signature of 32 bytes survives, and is what a parser of structured fields reads', () => {
  const labels = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,10}$/)
  fc.assert(
    fc.property(labels, fc.uint8Array({ minLength: 32, maxLength: 32 }), (label, bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      const field = encodeSignature(label, text)
      assert.equal(parseSignature(field, label), text)
      const dictionary = parseDictionary(field)
      assert.deepEqual(Buffer.from(dictionary.get(label)?.[0] as ArrayBuffer), Buffer.from(bytes))
      assert.equal(serializeDictionary(dictionary), field)
    }),
  )
})

// RFC 9421 appendix B.1.5 and B.2.5, byte for byte.
const example = {
  key: Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  ),
  components: [
    ['"date"', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['"@authority"', 'example.com'],
    ['"content-type"', 'application/json'],
  ] as const,
  signatureParams: '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
}
const exampleBase = signatureBase(example.components, example.signatureParams)

test('the signature base of RFC 9421 B.2.5 comes out byte for byte', () => {
  assert.equal(
    exampleBase,
    '"date": Tue, 20 Apr 2021 02:07:55 GMT\n' +
      '"@authority": example.com\n' +
      '"content-type": application/json\n' +
      '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  )
})

test('the hmac-sha256 signature of RFC 9421 B.2.5 comes out, and holds', () => {
  assert.equal(computeMac(exampleBase, example.key), signature)
  assert.equal(isMac(signature, exampleBase, example.key), true)
})

test('a MAC does not hold for another base, with another key, or with a bit changed', () => {
  assert.equal(isMac(signature, `${exampleBase} `, example.key), false)
  assert.equal(isMac(signature, exampleBase, 'another key'), false)
  for (let bit = 0; bit < 256; bit++) {
    const changed = Buffer.from(signature, 'base64')
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.equal(isMac(changed.toString('base64'), exampleBase, example.key), false, `bit ${bit}`)
  }
})
