import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { signAnswer, verifyAnswer } from './answer.ts'
import { parseDeviceName, parseSecret } from './device.ts'
import { ProtocolError, quote } from './error.ts'
import { signRequest } from './request.ts'
import type { FieldLines } from './signature.ts'

const secret = parseSecret('correct horse battery staple')
const signer = { secret, created: 1763827201, nonce: 'EBESExQVFhcYGRobHB0eHw' }
const requestSigner = {
  device: parseDeviceName('home'),
  secret,
  created: 1763827200,
  nonce: 'AAECAwQFBgcICQoLDA0ODw',
}
const { request } = signRequest('ipupdater-ip', '{}', requestSigner)

const body = '{"address":"203.0.113.7","timestamp":1763827200123}'
const digest = createHash('sha256').update(body).digest('base64')
const components = '("@status" "content-digest" "signature";req;key="ipupdater")'
const params = `${components};created=1763827201;nonce="EBESExQVFhcYGRobHB0eHw";keyid="home";alg="hmac-sha256";tag="ipupdater-ip-answer"`
const base = `"@status": 200
"content-digest": sha-256=:${digest}:
"signature";req;key="ipupdater": :${request.signature}:
"@signature-params": ${params}`

function macOf(text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64')
}

const headers = {
  'content-digest': `sha-256=:${digest}:`,
  'signature-input': `ipupdater=${params}`,
  signature: `ipupdater=:${macOf(base)}:`,
}

interface Answer {
  status: number
  headers: FieldLines
  body: Buffer
}

const answer: Answer = { status: 200, headers, body: Buffer.from(body) }

/** The answer with other parameters, and a signature that holds for them. */
function resigned(change: (params: string) => string): Answer {
  const changed = change(params)
  const mac = macOf(base.replace(params, changed))
  return {
    ...answer,
    headers: { ...headers, 'signature-input': `ipupdater=${changed}`, signature: `ipupdater=:${mac}:` },
  }
}

function forged(changed: Answer, message: string | RegExp): void {
  assert.throws(() => verifyAnswer(changed, request, secret), { code: 'answer-forged', message })
}

test('an answer is signed as the page shows, byte for byte, and trusted', () => {
  assert.deepEqual(signAnswer({ status: 200, body }, request, signer), headers)
  verifyAnswer(answer, request, secret)
})

test('an answer to an update has the tag of its step, and the label of its request', () => {
  const update = { ...signRequest('ipupdater-update', '{}', requestSigner).request, label: '*a' }
  const fields = signAnswer({ status: 409, body }, update, signer)
  assert.match(
    fields['signature-input'] ?? '',
    /^ipupdater=\("@status" "content-digest" "signature";req;key="\*a"\);/,
  )
  assert.match(fields['signature-input'] ?? '', /;tag="ipupdater-update-answer"$/)
  verifyAnswer({ status: 409, headers: fields, body: Buffer.from(body) }, update, secret)
})

test('an answer under another label, with its parameters in another order, is trusted', () => {
  const reordered = `${components};tag="ipupdater-ip-answer";alg="hmac-sha256";keyid="home";nonce="EBESExQVFhcYGRobHB0eHw";created=1`
  const changed = resigned(() => reordered)
  verifyAnswer(changed, request, secret)
  const mac = macOf(base.replace(params, reordered))
  const relabelled = { ...headers, 'signature-input': `sig=${reordered}`, signature: `sig=:${mac}:` }
  verifyAnswer({ ...answer, headers: relabelled }, request, secret)
})

test('an answer without one of the three fields is unsigned', () => {
  for (const name of ['content-digest', 'signature-input', 'signature'] as const) {
    assert.throws(
      () => verifyAnswer({ ...answer, headers: { ...headers, [name]: undefined } }, request, secret),
      {
        code: 'answer-unsigned',
        message: 'the answer with status 200 is not signed',
      },
    )
  }
  assert.throws(() => verifyAnswer({ status: 401, headers: {}, body: Buffer.alloc(0) }, request, secret), {
    code: 'answer-unsigned',
    message: 'the answer with status 401 is not signed',
  })
})

const wrongSignature = `the signature was made with another secret, or for another request`

test('another status under the same signature is forged', () => {
  forged({ ...answer, status: 201 }, wrongSignature)
  forged({ ...answer, status: 409 }, wrongSignature)
})

test('another body is forged, with or without its own digest', () => {
  const changed = body.replace('7"', '8"')
  forged({ ...answer, body: Buffer.from(changed) }, /^the body of \d+ bytes/)
  const other = createHash('sha256').update(changed).digest('base64')
  const own = { ...headers, 'content-digest': `sha-256=:${other}:` }
  forged({ ...answer, headers: own, body: Buffer.from(changed) }, wrongSignature)
})

test('the answer to another request is forged, even if only the nonce differs', () => {
  const { request: earlier } = signRequest('ipupdater-ip', '{}', {
    ...requestSigner,
    nonce: 'AAECAwQFBgcICQoLDA0ODx',
  })
  const fields = signAnswer({ status: 200, body }, earlier, signer)
  forged({ ...answer, headers: fields }, wrongSignature)
})

test('an answer signed with another secret is forged', () => {
  assert.throws(() => verifyAnswer(answer, request, parseSecret('another secret of this device')), {
    code: 'answer-forged',
    message: wrongSignature,
  })
})

test('a request sent back is not an answer', () => {
  const { headers: reflected } = signRequest('ipupdater-ip', body, requestSigner)
  forged(
    { ...answer, headers: reflected },
    `the signature covers ${quote('("@method" "content-digest")')} instead of ${components}`,
  )
})

test('other components are forged, even if the signature holds for them', () => {
  const others = [
    '("@status" "content-digest")',
    '("content-digest" "signature";req;key="ipupdater")',
    '("content-digest" "@status" "signature";req;key="ipupdater")',
    '("@status" "content-digest" "signature";key="ipupdater";req)',
    '("@status" "content-digest" "signature";key="ipupdater")',
    '("@status" "content-digest" "signature";req;key="other")',
    '("@status" "content-digest" "signature";req;key="ipupdater" "content-type")',
  ]
  for (const other of others) {
    forged(
      resigned(text => text.replace(components, other)),
      `the signature covers ${quote(other)} instead of ${components}`,
    )
  }
})

test('the name of another device or the tag of another step is forged, even if the signature holds', () => {
  forged(
    resigned(text => text.replace('"home"', '"cabin"')),
    `the answer is for device "cabin"`,
  )
  for (const tag of ['ipupdater-update-answer', 'ipupdater-ip']) {
    forged(
      resigned(text => text.replace('ipupdater-ip-answer', tag)),
      `the answer has the tag "${tag}"`,
    )
  }
})

test('fields of the wrong shape are forged, and the reason is kept', () => {
  const changed = resigned(text => `${text};expires=1763827300`)
  assert.throws(
    () => verifyAnswer(changed, request, secret),
    error => {
      assert.ok(error instanceof ProtocolError && error.cause instanceof ProtocolError)
      assert.equal(error.code, 'answer-forged')
      assert.equal(error.message, `signature-input has an unknown parameter "expires"`)
      assert.equal(error.cause.code, 'malformed')
      return true
    },
  )
  forged({ ...answer, headers: { ...headers, signature: 'x' } }, /^signature is "x": send/)
  forged({ ...answer, headers: { ...headers, 'content-digest': 'x' } }, /^content-digest is "x": send/)
})

test('a field longer than 512 characters is forged, and is not parsed', () => {
  for (const name of ['content-digest', 'signature-input', 'signature'] as const) {
    forged(
      { ...answer, headers: { ...headers, [name]: 'x'.repeat(15_000) } },
      `${name} has 15000 characters; the limit is 512`,
    )
  }
})

test('a programming error is not reported as a forgery', () => {
  const broken = { ...answer, headers: { ...headers, signature: 7 as unknown as string } }
  assert.throws(() => verifyAnswer(broken, request, secret), TypeError)
})

test('an answer with any one byte changed is not trusted', () => {
  const fields = [...Object.values(headers), body].join('\n')
  fc.assert(
    fc.property(fc.nat(fields.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
      const changed = fields.slice(0, at) + String.fromCharCode(code) + fields.slice(at + 1)
      fc.pre(changed !== fields)
      const [contentDigest, signatureInput, signature, text = ''] = changed.split('\n')
      forged(
        {
          status: 200,
          headers: { 'content-digest': contentDigest, 'signature-input': signatureInput, signature },
          body: Buffer.from(text),
        },
        /./,
      )
    }),
    { numRuns: 2000 },
  )
})

test('every signed answer is trusted for its own request, and for no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.string({ unit: 'grapheme' }), (status, text) => {
      const fields = signAnswer({ status, body: text }, request, signer)
      verifyAnswer({ status, headers: fields, body: Buffer.from(text) }, request, secret)
      const { request: another } = signRequest('ipupdater-ip', '{}', { ...requestSigner, created: 1 })
      assert.throws(
        () => verifyAnswer({ status, headers: fields, body: Buffer.from(text) }, another, secret),
        {
          code: 'answer-forged',
        },
      )
    }),
  )
})
