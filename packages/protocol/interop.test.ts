import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import * as sig from 'http-message-sig'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'
import { signAnswer, verifyAnswer } from './answer.ts'
import { parseDeviceName, parseSecret } from './device.ts'
import { encodeContentDigest } from './digest.ts'
import { parseSignedRequest, signRequest, verifySignature } from './request.ts'

/**
 * Two other implementations of RFC 9421, `http-message-signatures` and `http-message-sig`: each signs messages that we
 * verify, and verifies messages that we sign, requests and answers.
 */
const secret = parseSecret('correct horse battery staple')
const device = parseDeviceName('home')
const created = 1763827200
const nonce = 'AAECAwQFBgcICQoLDA0ODw'
const url = 'http://ip.example.org/update'
const requestBody = '{"address":"203.0.113.7","timestamp":1763827200123,"interval":300}'
const answerBody =
  '{"result":"new","address":"203.0.113.7","firstSeen":1763827200123,"lastSeen":1763827200123}'

const parameters = { created, nonce, keyid: 'home', alg: 'hmac-sha256', tag: 'ipupdater-update' }
const answerParameters = { ...parameters, tag: 'ipupdater-update-answer' }

const ours = signRequest('ipupdater-update', requestBody, { device, secret, created, nonce })
const ourAnswer = signAnswer({ status: 200, body: answerBody }, ours.request, { secret, created, nonce })

// ---- http-message-signatures ----

const names = ['created', 'nonce', 'keyid', 'alg', 'tag']
const key = createSigner(secret, 'hmac-sha256', 'home')
const keyLookup = async () => ({
  id: 'home',
  algs: ['hmac-sha256'],
  verify: createVerifier(secret, 'hmac-sha256'),
})

test('http-message-signatures verifies our request', async () => {
  const request = { method: 'POST', url, headers: ours.headers }
  assert.equal(await httpbis.verifyMessage({ keyLookup, requiredParams: names }, request), true)
})

test('http-message-signatures refuses our request with another digest', async () => {
  const headers = { ...ours.headers, 'content-digest': encodeContentDigest('{}') }
  assert.equal(await httpbis.verifyMessage({ keyLookup }, { method: 'POST', url, headers }), false)
})

test('a request signed by http-message-signatures is accepted', async () => {
  const signed = await httpbis.signMessage(
    {
      key,
      name: 'sig-1',
      fields: ['@method', 'content-digest'],
      params: names,
      paramValues: { ...parameters, created: new Date(created * 1000) },
    },
    { method: 'POST', url, headers: { 'content-digest': encodeContentDigest(requestBody) } },
  )
  const request = parseSignedRequest(
    { method: 'POST', headers: lowerCase(signed.headers), body: Buffer.from(requestBody) },
    'ipupdater-update',
  )
  assert.equal(request.label, 'sig-1')
  assert.equal(request.device, 'home')
  assert.equal(verifySignature(request, [secret]), 0)
})

test('http-message-signatures verifies our answer, and through it the request', async () => {
  const request = { method: 'POST', url, headers: ours.headers }
  const answer = { status: 200, headers: ourAnswer }
  assert.equal(await httpbis.verifyMessage({ keyLookup, requiredParams: names }, answer, request), true)
  const { headers } = signRequest('ipupdater-update', requestBody, { device, secret, created: 1, nonce })
  assert.equal(await httpbis.verifyMessage({ keyLookup }, answer, { ...request, headers }), false)
})

test('an answer signed by http-message-signatures is trusted', async () => {
  const signed = await httpbis.signMessage(
    {
      key,
      name: 'sig-2',
      fields: ['@status', 'content-digest', '"signature";req;key="ipupdater"'],
      params: names,
      paramValues: { ...answerParameters, created: new Date(created * 1000) },
    },
    { status: 200, headers: { 'content-digest': encodeContentDigest(answerBody) } },
    { method: 'POST', url, headers: ours.headers },
  )
  const answer = { status: 200, headers: lowerCase(signed.headers), body: Buffer.from(answerBody) }
  verifyAnswer(answer, ours.request, secret)
  assert.throws(() => verifyAnswer({ ...answer, status: 201 }, ours.request, secret), {
    code: 'answer-forged',
  })
})

// ---- http-message-sig ----

const algorithm = 'hmac-sha256'
const hmac = (data: Uint8Array) => createHmac('sha256', secret).update(data).digest()
const signer: sig.SignerSync = { algorithm, sign: hmac }
const verifier: sig.Verifier = { algorithm, verify: (data, signature) => hmac(data).equals(signature) }
const requestSignature = sig.component('signature', { req: true, key: 'ipupdater' })

function verifying(requiredComponents: readonly sig.SignatureComponent[]): sig.VerifySignatureOptions {
  return {
    policy: { algorithms: [algorithm], requiredComponents, requiredParameters: names },
    resolveVerifier: () => verifier,
  }
}

function describedRequest(headers: Record<string, string>): sig.RequestDescriptor {
  return { kind: 'request', method: 'POST', targetUri: url, fields: fieldsOf(headers) }
}

function describedAnswer(headers: Record<string, string>, request = ours.headers): sig.ResponseDescriptor {
  return { kind: 'response', status: 200, fields: fieldsOf(headers), request: describedRequest(request) }
}

test('http-message-sig verifies our request', async () => {
  const verified = await sig.verifySignature(
    describedRequest(ours.headers),
    verifying(['@method', 'content-digest']),
  )
  assert.deepEqual({ ...verified.parameters }, parameters)
})

test('http-message-sig refuses our request with another digest', async () => {
  const headers = { ...ours.headers, 'content-digest': encodeContentDigest('{}') }
  await assert.rejects(
    sig.verifySignature(describedRequest(headers), verifying(['@method', 'content-digest'])),
    {
      code: 'VerificationFailed',
    },
  )
})

test('a request signed by http-message-sig is accepted', () => {
  const fields = { 'content-digest': encodeContentDigest(requestBody) }
  const { signature, signatureInput } = sig.createSignatureSync(describedRequest(fields), {
    label: 'sig-1',
    components: ['@method', 'content-digest'],
    parameters,
    signer,
  })
  const request = parseSignedRequest(
    {
      method: 'POST',
      headers: { ...fields, 'signature-input': signatureInput, signature },
      body: Buffer.from(requestBody),
    },
    'ipupdater-update',
  )
  assert.equal(request.label, 'sig-1')
  assert.equal(verifySignature(request, [secret]), 0)
})

test('http-message-sig verifies our answer, and through it the request', async () => {
  const options = verifying(['@status', 'content-digest', requestSignature])
  const verified = await sig.verifySignature(describedAnswer(ourAnswer), options)
  assert.deepEqual({ ...verified.parameters }, answerParameters)
  const { headers } = signRequest('ipupdater-update', requestBody, { device, secret, created: 1, nonce })
  await assert.rejects(sig.verifySignature(describedAnswer(ourAnswer, headers), options), {
    code: 'VerificationFailed',
  })
})

test('an answer signed by http-message-sig is trusted', () => {
  const fields = { 'content-digest': encodeContentDigest(answerBody) }
  const { signature, signatureInput } = sig.createSignatureSync(describedAnswer(fields), {
    label: 'sig-2',
    components: ['@status', 'content-digest', requestSignature],
    parameters: answerParameters,
    signer,
  })
  const headers = { ...fields, 'signature-input': signatureInput, signature }
  const answer = { status: 200, headers, body: Buffer.from(answerBody) }
  verifyAnswer(answer, ours.request, secret)
  assert.throws(() => verifyAnswer({ ...answer, status: 201 }, ours.request, secret), {
    code: 'answer-forged',
  })
})

function fieldsOf(headers: Record<string, string>): sig.FieldOccurrence[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }))
}

function lowerCase(headers: Record<string, string | string[]>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
