import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAddress } from './address.ts'
import { encodeUpdate } from './bodies.ts'
import { parseDeviceName, parseSecret } from './device.ts'
import { ProtocolError } from './error.ts'
import { encodeProof, parseProof, verifyProof } from './proof.ts'
import { signRequest } from './request.ts'

const secret = parseSecret('correct horse battery staple')
const other = parseSecret('another secret of this device')
const device = parseDeviceName('home')
const signer = { device, secret, created: 1763827200, nonce: 'AAECAwQFBgcICQoLDA0ODw' }
const update = { address: parseAddress('2001:db8::7'), timestamp: 1763827200123, interval: 300 }
const { proof } = signRequest('ipupdater-update', encodeUpdate(update), signer).request

test('a proof shows what the device said to anyone who has the secret', () => {
  assert.deepEqual(verifyProof(proof, [secret]), { device, family: 6, ...update })
  assert.deepEqual(verifyProof(proof, [other, secret]), { device, family: 6, ...update })
})

test('a proof of an IPv4 address without an interval has none', () => {
  const said = { address: parseAddress('203.0.113.7'), timestamp: 0 }
  const { request } = signRequest('ipupdater-update', encodeUpdate(said), signer)
  assert.deepEqual(verifyProof(request.proof, [secret]), { device, family: 4, ...said })
})

test('a proof proves nothing with another secret or without one', () => {
  assert.throws(() => verifyProof(proof, [other]), { code: 'not-authenticated' })
  assert.throws(() => verifyProof(proof, []), { code: 'not-authenticated' })
})

test('a proof with another body, another digest or another signature is refused', () => {
  assert.throws(() => verifyProof({ ...proof, body: '{}' }, [secret]), { code: 'digest-mismatch' })
  assert.throws(() => verifyProof({ ...proof, contentDigest: '' }, [secret]), { code: 'malformed' })
  assert.throws(() => verifyProof({ ...proof, signatureInput: '' }, [secret]), { code: 'malformed' })
  assert.throws(() => verifyProof({ ...proof, signature: '' }, [secret]), { code: 'malformed' })
})

test('a signed request for the address is not a proof of an address', () => {
  const { request } = signRequest('ipupdater-ip', encodeUpdate(update), signer)
  assert.throws(() => verifyProof(request.proof, [secret]), {
    code: 'malformed',
    message: 'the signature has the tag "ipupdater-ip"; use "ipupdater-update"',
  })
})

test('a signed update with a malformed body is refused after its signature is verified', () => {
  const { request } = signRequest('ipupdater-update', '{"address":"home"}', signer)
  assert.throws(() => verifyProof(request.proof, [other]), { code: 'not-authenticated' })
  assert.throws(() => verifyProof(request.proof, [secret]), { code: 'malformed' })
})

test('a proof is written as four texts, in one order', () => {
  const { contentDigest, signatureInput, signature, body } = proof
  const reversed = { body, signature, signatureInput, contentDigest }
  assert.equal(
    encodeProof(reversed),
    `{"contentDigest":${JSON.stringify(contentDigest)},"signatureInput":${JSON.stringify(signatureInput)},` +
      `"signature":${JSON.stringify(signature)},"body":${JSON.stringify(body)}}`,
  )
})

test('every proof survives writing and reading, and unknown members are dropped', () => {
  const texts = fc.record(
    { contentDigest: fc.string(), signatureInput: fc.string(), signature: fc.string(), body: fc.string() },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(texts, given => {
      assert.deepEqual(parseProof(encodeProof(given)), given)
      assert.deepEqual(parseProof(JSON.stringify({ ...given, more: 1 })), given)
    }),
  )
})

test('a proof without one of its four strings is malformed, and the missing one is named', () => {
  for (const name of ['contentDigest', 'signatureInput', 'signature', 'body']) {
    for (const value of [undefined, 7, null, ['x']]) {
      assert.throws(() => parseProof(JSON.stringify({ ...proof, [name]: value })), {
        code: 'malformed',
        message: `the proof has no string "${name}"`,
      })
    }
  }
  for (const text of ['null', '7', '[]', '"proof"', '{}']) {
    assert.throws(() => parseProof(text), {
      code: 'malformed',
      message: 'the proof has no string "contentDigest"',
    })
  }
  assert.throws(
    () => parseProof('{'),
    error => {
      assert.ok(error instanceof ProtocolError && error.cause instanceof SyntaxError)
      assert.equal(error.code, 'malformed')
      assert.equal(error.message, 'the proof is not JSON')
      return true
    },
  )
})
