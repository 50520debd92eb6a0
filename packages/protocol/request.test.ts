import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDeviceName, parseSecret } from './device.ts'
import { encodeContentDigest } from './digest.ts'
import { ProtocolError, quote } from './error.ts'
import type { Tag } from './request.ts'
import { MAX_SECRETS, parseSignedRequest, signRequest, verifySignature } from './request.ts'
import type { FieldLines } from './signature.ts'

const secret = parseSecret('correct horse battery staple')
const other = parseSecret('another secret of this device')
const device = parseDeviceName('home')
const signer = { device, secret, created: 1763827200, nonce: 'AAECAwQFBgcICQoLDA0ODw' }
const body = '{"address":"203.0.113.7","timestamp":1763827200123}'

const digest = createHash('sha256').update(body).digest('base64')
const params =
  '("@method" "content-digest");created=1763827200;nonce="AAECAwQFBgcICQoLDA0ODw";keyid="home";alg="hmac-sha256";tag="ipupdater-update"'
const base = `"@method": POST\n"content-digest": sha-256=:${digest}:\n"@signature-params": ${params}`
const mac = createHmac('sha256', secret).update(base).digest('base64')

const headers = {
  'content-digest': `sha-256=:${digest}:`,
  'signature-input': `ipupdater=${params}`,
  signature: `ipupdater=:${mac}:`,
}

interface Message {
  method: string
  headers: FieldLines
  body: Buffer
}

const message: Message = { method: 'POST', headers, body: Buffer.from(body) }

function refuses(
  changed: Message,
  code: string,
  text: string | RegExp = /./,
  tag: Tag = 'ipupdater-update',
): void {
  assert.throws(() => parseSignedRequest(changed, tag), { code, message: text })
}

test('a request is signed as the page shows, byte for byte', () => {
  const signed = signRequest('ipupdater-update', body, signer)
  assert.deepEqual(signed.headers, headers)
  assert.equal(signed.body, body)
  assert.deepEqual(signed.request, {
    device,
    tag: 'ipupdater-update',
    label: 'ipupdater',
    created: 1763827200,
    nonce: signer.nonce,
    signature: mac,
    base,
    proof: {
      contentDigest: headers['content-digest'],
      signatureInput: headers['signature-input'],
      signature: headers.signature,
      body,
    },
  })
})

test('a signed request is read back as the same request, and its signature holds', () => {
  const { request } = signRequest('ipupdater-update', body, signer)
  const read = parseSignedRequest(message, 'ipupdater-update')
  assert.deepEqual(read, request)
  assert.equal(verifySignature(read, [secret]), 0)
})

test('any label and any order of parameters are accepted', () => {
  const own = `("@method" "content-digest");tag="ipupdater-ip";alg="hmac-sha256";keyid="home";nonce="${signer.nonce}";created=0`
  const ownBase = `"@method": POST\n"content-digest": ${encodeContentDigest('{}')}\n"@signature-params": ${own}`
  const signature = createHmac('sha256', secret).update(ownBase).digest('base64')
  const read = parseSignedRequest(
    {
      method: 'POST',
      headers: {
        'content-digest': encodeContentDigest('{}'),
        'signature-input': `*sig-1=${own}`,
        signature: `*sig-1=:${signature}:`,
      },
      body: Buffer.from('{}'),
    },
    'ipupdater-ip',
  )
  assert.equal(read.label, '*sig-1')
  assert.equal(read.created, 0)
  assert.equal(read.base, ownBase)
  assert.equal(verifySignature(read, [secret]), 0)
})

test('the index says which secret made the signature', () => {
  const read = parseSignedRequest(message, 'ipupdater-update')
  assert.equal(verifySignature(read, [secret, other]), 0)
  assert.equal(verifySignature(read, [other, secret]), 1)
})

test('a wrong secret, two wrong ones and an unknown device are refused in the same words', () => {
  const read = parseSignedRequest(message, 'ipupdater-update')
  for (const secrets of [[], [other], [other, other]]) {
    assert.throws(() => verifySignature(read, secrets), {
      code: 'not-authenticated',
      message: 'the signature for device "home" is not valid',
    })
  }
})

test('the dummy secret of an unknown device is not accepted', () => {
  const standIn = parseSecret('no device has this secret')
  const { request } = signRequest('ipupdater-update', body, { ...signer, secret: standIn })
  for (const secrets of [[], [other]]) {
    assert.throws(() => verifySignature(request, secrets), { code: 'not-authenticated' })
  }
})

test('a refusal computes as many MACs for an unknown device as for one with two secrets', t => {
  const read = parseSignedRequest(message, 'ipupdater-update')
  const from = t.mock.method(Buffer, 'from')
  const counts = [[], [other], [other, other]].map(secrets => {
    from.mock.resetCalls()
    assert.throws(() => verifySignature(read, secrets), { code: 'not-authenticated' })
    return from.mock.calls.filter(({ arguments: [text] }) => (text as unknown) === read.signature).length
  })
  assert.deepEqual(counts, [MAX_SECRETS, MAX_SECRETS, MAX_SECRETS])
  assert.equal(MAX_SECRETS, 2)
})

test('a missing field is named', () => {
  for (const name of ['content-digest', 'signature-input', 'signature'] as const) {
    refuses(
      { ...message, headers: { ...headers, [name]: undefined } },
      'malformed',
      `the field ${name} is missing`,
    )
  }
})

test('a field that comes twice is malformed, as lines or joined', () => {
  for (const name of ['content-digest', 'signature-input', 'signature'] as const) {
    const twice = [headers[name], headers[name]]
    refuses({ ...message, headers: { ...headers, [name]: twice } }, 'malformed')
    refuses({ ...message, headers: { ...headers, [name]: twice.join(', ') } }, 'malformed')
  }
})

test('a field longer than 512 characters is malformed, and is not parsed', () => {
  for (const name of ['content-digest', 'signature-input', 'signature'] as const) {
    for (const length of [513, 15_000]) {
      const long = `${headers[name]}${' '.repeat(length - headers[name].length)}`
      refuses(
        { ...message, headers: { ...headers, [name]: long } },
        'malformed',
        `${name} has ${length} characters; the limit is 512`,
      )
    }
  }
})

test('another method than POST is malformed', () => {
  for (const method of ['GET', 'post', 'PUT', '']) {
    refuses({ ...message, method }, 'malformed', `the method is "${method}"; use POST`)
  }
})

test('exactly the two components are covered, in this order and without parameters', () => {
  const others = [
    '()',
    '("@method")',
    '("content-digest")',
    '("content-digest" "@method")',
    '("@method" "content-digest" "content-type")',
    '("@method" "content-digest" "content-digest")',
    '("@method" "content-digest";sf)',
    '("@method";req "content-digest")',
    '(method "content-digest")',
    '("@METHOD" "content-digest")',
  ]
  for (const components of others) {
    const changed = headers['signature-input'].replace('("@method" "content-digest")', components)
    refuses(
      { ...message, headers: { ...headers, 'signature-input': changed } },
      'malformed',
      `the signature covers ${quote(components)}; cover ("@method" "content-digest")`,
    )
  }
})

test('a signature made for one step is not accepted for the other, nor an answer as a request', () => {
  refuses(
    message,
    'malformed',
    'the signature has the tag "ipupdater-update"; use "ipupdater-ip"',
    'ipupdater-ip',
  )
  const answer = headers['signature-input'].replace('ipupdater-update', 'ipupdater-update-answer')
  refuses(
    { ...message, headers: { ...headers, 'signature-input': answer } },
    'malformed',
    'the signature has the tag "ipupdater-update-answer"; use "ipupdater-update"',
  )
})

test('a signature with another label than its input is malformed', () => {
  refuses(
    { ...message, headers: { ...headers, signature: `sig=:${mac}:` } },
    'malformed',
    /^signature is "sig=/,
  )
})

test('another body with the same digest is a mismatch', () => {
  refuses({ ...message, body: Buffer.from(body.replace('7"', '8"')) }, 'digest-mismatch')
})

test('another body with its own digest has the right shape, and fails by its signature', () => {
  const changed = body.replace('7"', '8"')
  const read = parseSignedRequest(
    {
      ...message,
      headers: { ...headers, 'content-digest': encodeContentDigest(changed) },
      body: Buffer.from(changed),
    },
    'ipupdater-update',
  )
  assert.throws(() => verifySignature(read, [secret]), { code: 'not-authenticated' })
})

test('a body that is not UTF-8 is malformed, because text could not represent it', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x7d])
  refuses(
    { ...message, headers: { ...headers, 'content-digest': encodeContentDigest(bytes) }, body: bytes },
    'malformed',
    'the body is not UTF-8',
  )
})

test('a message with any one byte changed is refused', () => {
  const fields = [...Object.values(headers), body].join('\n')
  fc.assert(
    fc.property(fc.nat(fields.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
      const changed = fields.slice(0, at) + String.fromCharCode(code) + fields.slice(at + 1)
      fc.pre(changed !== fields)
      const [contentDigest, signatureInput, signature, text = ''] = changed.split('\n')
      assert.throws(() => {
        const read = parseSignedRequest(
          {
            method: 'POST',
            headers: { 'content-digest': contentDigest, 'signature-input': signatureInput, signature },
            body: Buffer.from(text),
          },
          'ipupdater-update',
        )
        verifySignature(read, [secret])
      }, isRefusal)
    }),
    { numRuns: 2000 },
  )
})

test('every signed request is read, and its signature holds with its own secret only', () => {
  const secrets = fc.stringMatching(/^[!-~]{16,80}$/).map(parseSecret)
  fc.assert(
    fc.property(
      fc.constantFrom<Tag>('ipupdater-ip', 'ipupdater-update'),
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).map(parseDeviceName),
      secrets,
      secrets,
      (tag, text, name, own, others) => {
        const signed = signRequest(tag, text, { ...signer, device: name, secret: own })
        const read = parseSignedRequest(
          { method: 'POST', headers: signed.headers, body: Buffer.from(signed.body) },
          tag,
        )
        assert.deepEqual(read, signed.request)
        assert.equal(verifySignature(read, [own]), 0)
        if (own !== others)
          assert.throws(() => verifySignature(read, [others]), { code: 'not-authenticated' })
      },
    ),
  )
})

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ProtocolError &&
    ['malformed', 'digest-mismatch', 'not-authenticated'].includes(error.code)
  )
}
