import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { addresses as addressSource } from '../../test/vectors/source/addresses.ts'
import { answers as answerSource } from '../../test/vectors/source/answers.ts'
import { proofs as proofSource } from '../../test/vectors/source/proofs.ts'
import { requests as requestSource } from '../../test/vectors/source/requests.ts'
import { parseAddress } from './address.ts'
import { verifyAnswer } from './answer.ts'
import type { Update } from './bodies.ts'
import { parseEmptyBody, parseObservedAddress, parseReceipt, parseUpdate } from './bodies.ts'
import type { Secret } from './device.ts'
import { parseSecret } from './device.ts'
import { parseProblem } from './problems.ts'
import { parseProof, verifyProof } from './proof.ts'
import type { SignedRequest } from './request.ts'
import { parseSignedRequest, verifySignature } from './request.ts'
import type { FieldLines } from './signature.ts'
import { specialPurpose } from './special-purpose.ts'

interface Message {
  name: string
  fields: [name: string, value: string][]
  body?: string
  bodyBase64?: string
}

interface Request extends Message {
  method: string
  path: '/ip' | '/update'
}

interface Answer extends Message {
  status: number
  body: string
}

interface Requests {
  secrets: Record<string, string[]>
  accepted: (Request & { device: string; secret: number; base: string; update?: Update })[]
  refused: (Request & { code: string; signed: boolean })[]
}

interface Answers {
  secret: string
  question: Request
  update: Request
  accepted: (Answer & { to: 'question' | 'update' })[]
  refused: (Answer & { code: string })[]
}

interface Proofs {
  secrets: string[]
  accepted: { name: string; proof: unknown; proves: unknown }[]
  refused: { name: string; proof: unknown; code: string }[]
}

interface Addresses {
  accepted: { given: string; canonical: string; block: string | null }[]
  refused: { given: string; code: string }[]
}

const requests: Requests = read('requests')
const answers: Answers = read('answers')
const proofs: Proofs = read('proofs')
const addresses: Addresses = read('addresses')

test('the vectors are what their source generates', () => {
  const plain = (source: unknown) => JSON.parse(JSON.stringify(source))
  assert.deepEqual(requests, plain(requestSource))
  assert.deepEqual(answers, plain(answerSource))
  assert.deepEqual(proofs, plain(proofSource))
  assert.deepEqual(addresses, plain(addressSource))
})

for (const vector of requests.accepted) {
  test(`a request is accepted: ${vector.name}`, () => {
    const request = parseRequest(vector)
    assert.equal(request.device, vector.device)
    assert.equal(request.base, vector.base)
    assert.equal(verifySignature(request, secretsOf(request)), vector.secret)
    assert.deepEqual(parseBody(vector.path, request.proof.body), vector.update)
  })
}

for (const vector of requests.refused) {
  test(`a request is refused as ${vector.code}: ${vector.name}`, () => {
    let isSigned = false
    assert.throws(
      () => {
        const request = parseRequest(vector)
        verifySignature(request, secretsOf(request))
        isSigned = true
        parseBody(vector.path, request.proof.body)
      },
      { name: 'ProtocolError', code: vector.code },
    )
    assert.equal(isSigned, vector.signed)
  })
}

for (const vector of answers.accepted) {
  test(`an answer is trusted: ${vector.name}`, () => {
    verifyAnswer(answerOf(vector), parseRequest(answers[vector.to]), parseSecret(answers.secret))
    if (vector.status !== 200) assert.equal(parseProblem(vector.body)?.status, vector.status)
    else if (vector.to === 'question') parseObservedAddress(vector.body)
    else parseReceipt(vector.body)
  })
}

for (const vector of answers.refused) {
  test(`an answer is not trusted, ${vector.code}: ${vector.name}`, () => {
    const question = parseRequest(answers.question)
    assert.throws(() => verifyAnswer(answerOf(vector), question, parseSecret(answers.secret)), {
      name: 'ProtocolError',
      code: vector.code,
    })
  })
}

for (const { name, proof, proves } of proofs.accepted) {
  test(`a proof proves: ${name}`, () => {
    assert.deepEqual(verifyProof(parseProof(JSON.stringify(proof)), proofs.secrets.map(parseSecret)), proves)
  })
}

for (const { name, proof, code } of proofs.refused) {
  test(`a proof is refused as ${code}: ${name}`, () => {
    const secrets = proofs.secrets.map(parseSecret)
    assert.throws(() => verifyProof(parseProof(JSON.stringify(proof)), secrets), {
      name: 'ProtocolError',
      code,
    })
  })
}

test('addresses have their canonical spelling and their block', () => {
  for (const { given, canonical, block } of addresses.accepted) {
    const address = parseAddress(given)
    assert.equal(address, canonical, given)
    assert.equal(specialPurpose(address)?.block ?? null, block, given)
  }
  for (const { given, code } of addresses.refused) assert.throws(() => parseAddress(given), { code }, given)
})

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../test/vectors/${name}.json`), 'utf8'))
}

function parseRequest(vector: Request): SignedRequest {
  const tag = vector.path === '/ip' ? 'ipupdater-ip' : 'ipupdater-update'
  const body = Buffer.from(
    vector.body ?? vector.bodyBase64 ?? '',
    vector.body === undefined ? 'base64' : 'utf8',
  )
  return parseSignedRequest({ method: vector.method, headers: headersOf(vector), body }, tag)
}

function parseBody(path: '/ip' | '/update', body: string): Update | undefined {
  if (path === '/update') return parseUpdate(body)
  parseEmptyBody(body)
  return undefined
}

function secretsOf(request: SignedRequest): Secret[] {
  return (requests.secrets[request.device] ?? []).map(parseSecret)
}

function answerOf(vector: Answer) {
  return { status: vector.status, headers: headersOf(vector), body: Buffer.from(vector.body) }
}

/** As node:http gives them: lines of one name joined. */
function headersOf(vector: Message): FieldLines {
  const names = Object.groupBy(vector.fields, ([name]) => name)
  return Object.fromEntries(
    Object.entries(names).map(([name, lines = []]) => [name, lines.map(([, value]) => value).join(', ')]),
  )
}
