import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { ParseError, parseDictionary, serializeDictionary } from 'structured-headers'
import { parseDeviceName } from './device-name.ts'
import { ProtocolError } from './protocol-error.ts'
import { encodeSignatureParams, parseSignatureInput } from './signature-input.ts'

const nonce = 'AAECAwQFBgcICQoLDA0ODw'
const params = `("@method" "content-digest");created=1763827200;nonce="${nonce}";keyid="home";alg="hmac-sha256";tag="ipupdater-ip"`

function without(name: string): string {
  return params.replace(new RegExp(`;${name}=("[^"]*"|[0-9]+)`), '')
}

function withParameter(name: string, value: string): string {
  return params.replace(new RegExp(`;${name}=("[^"]*"|[0-9]+)`), `;${name}=${value}`)
}

function refuses(field: string, message: string | RegExp): void {
  assert.throws(() => parseSignatureInput(field), { code: 'malformed', message }, field)
}

test('parameters are written as RFC 9421 §4.1 shows, and read back', () => {
  const parameters = { created: 1763827200, nonce, device: parseDeviceName('home'), tag: 'ipupdater-ip' }
  assert.equal(encodeSignatureParams('("@method" "content-digest")', parameters), params)
  assert.deepEqual(parseSignatureInput(`sig=${params}`), {
    label: 'sig',
    parameters,
    signatureParams: params,
  })
})

test('parameters come in any order, under any label', () => {
  const reordered = `("@method" "content-digest");tag="t";alg="hmac-sha256";keyid="home";nonce="${nonce}";created=0`
  const parameters = { created: 0, nonce, device: 'home', tag: 't' }
  assert.deepEqual(parseSignatureInput(`*a_1.-=${reordered}`), {
    label: '*a_1.-',
    parameters,
    signatureParams: reordered,
  })
})

test('what is not a structured field is malformed', () => {
  for (const field of [
    'sig=(',
    `sig=${params}, `,
    `Sig=${params}`,
    'sig=("@method" "content-digest"',
    '"sig"',
    'sig=é',
  ]) {
    refuses(field, /^signature-input is not a structured field: "/)
  }
  refuses('sig=(', 'signature-input is not a structured field: "sig=("')
  assert.throws(
    () => parseSignatureInput('sig=('),
    error => error instanceof ProtocolError && error.cause instanceof ParseError,
  )
})

test('what has a second spelling is malformed, since anything doubled could hide in it', () => {
  const others = [
    `sig=${params};created=1763827200`,
    `sig=${params};tag="ipupdater-ip"`,
    `sig=${params}, sig=${params}`,
    `sig=${params.replace('" "', '"  "')}`,
    `sig=${params.replace('("', '( "')}`,
    `sig=${params.replaceAll(';', '; ')}`,
    ` sig=${params}`,
    `sig=${params} `,
    `sig=${withParameter('created', '01763827200')}`,
    `sig=${withParameter('created', '-0')}`,
    `sig=${withParameter('created', '1763827200.0')}`,
  ]
  for (const field of others) {
    refuses(
      field,
      'signature-input has something twice or is not in the canonical form of RFC 9651, section 4.1',
    )
  }
})

test('there is one signature, neither none nor two', () => {
  refuses('', 'signature-input has 0 signatures, not one')
  refuses(`a=${params}, b=${params}`, 'signature-input has 2 signatures, not one')
  refuses(`a=${params}, b=${params}, c=1`, 'signature-input has 3 signatures, not one')
})

test('a member without a list of covered components is malformed', () => {
  for (const field of ['sig', 'sig=1', 'sig="("', `sig;created=1;nonce="${nonce}"`]) {
    refuses(field, 'signature-input has no list of covered components')
  }
})

test('a parameter too many is malformed', () => {
  for (const extra of ['expires=1763827300', 'x', 'context="a"']) {
    refuses(
      `sig=${params};${extra}`,
      `signature-input has a parameter "${extra.replace(/=.*/, '')}" too many`,
    )
  }
})

test('"created" is an integer of seconds, zero or more', () => {
  for (const value of ['-1', '1.5', '"1763827200"', 'now', '?0', ':AA==:']) {
    refuses(
      `sig=${withParameter('created', value)}`,
      'signature-input wants "created", an integer of seconds since the epoch',
    )
  }
  refuses(
    `sig=${without('created')}`,
    'signature-input wants "created", an integer of seconds since the epoch',
  )
  assert.equal(
    parseSignatureInput(`sig=${withParameter('created', '999999999999999')}`).parameters.created,
    1e15 - 1,
  )
})

test('"nonce" is base64url of 22 to 128 characters', () => {
  for (const length of [22, 128]) {
    const value = 'x'.repeat(length)
    assert.equal(parseSignatureInput(`sig=${withParameter('nonce', `"${value}"`)}`).parameters.nonce, value)
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
      'signature-input wants "nonce", 16 random bytes or more in base64url: 22 to 128 characters',
    )
  }
})

test('"alg" is hmac-sha256', () => {
  refuses(
    `sig=${withParameter('alg', '"ed25519"')}`,
    'signature-input has the "alg" "ed25519", not "hmac-sha256"',
  )
})

test('"keyid" is the name of a device', () => {
  refuses(`sig=${withParameter('keyid', '"My Home"')}`, /^"My Home" is not a device name/)
})

test('what is to be a string is neither missing nor of another type', () => {
  for (const name of ['nonce', 'keyid', 'alg', 'tag']) {
    const message = `signature-input lacks the string "${name}"`
    refuses(`sig=${without(name)}`, message)
    for (const value of ['token', '1', '?0', ':AA==:', '%"text"'])
      refuses(`sig=${withParameter(name, value)}`, message)
  }
})

/** Read without the shortcut for the usual spelling. */
function parametersByParser(field: string) {
  const [member] = parseDictionary(field)
  const values = Object.fromEntries(member?.[1][1] ?? [])
  return { created: values.created, nonce: values.nonce, device: values.keyid, tag: values.tag }
}

test('the shortcut for the usual spelling reads what the parser reads', () => {
  const text = fc.stringMatching(/^[ !#-[\]-~]{0,30}$/)
  const integer = fc.integer({ min: 0, max: 999_999_999_999_999 })
  fc.assert(
    fc.property(integer, text, (created, tag) => {
      const field = `sig=("@method" "content-digest");created=${created};nonce="${nonce}";keyid="home";alg="hmac-sha256";tag="${tag}"`
      assert.equal(serializeDictionary(parseDictionary(field)), field)
      assert.deepEqual(parseSignatureInput(field).parameters, parametersByParser(field))
    }),
  )
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
      const signatureParams = encodeSignatureParams('("@method")', given)
      assert.deepEqual(parseSignatureInput(`${label}=${signatureParams}`), {
        label,
        parameters: given,
        signatureParams,
      })
    }),
  )
})

test('one character changed, added or taken away is never read as the same', () => {
  const original = `sig=${params}`
  const position = fc.nat(original.length)
  const character = fc.string({ unit: 'binary', maxLength: 1 })
  fc.assert(
    fc.property(position, fc.nat(1), character, (at, taken, put) => {
      const changed = original.slice(0, at) + put + original.slice(at + taken)
      fc.pre(changed !== original)
      try {
        const { label, signatureParams, parameters } = parseSignatureInput(changed)
        assert.equal(`${label}=${signatureParams}`, changed)
        assert.equal(serializeDictionary(parseDictionary(changed)), changed)
        assert.deepEqual(parameters, parametersByParser(changed))
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'malformed')
      }
    }),
    { numRuns: 2000 },
  )
})
