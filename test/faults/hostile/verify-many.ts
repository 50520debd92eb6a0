/**
 * A process of its own that sends many messages through the verifier: `verify-many.ts SEED COUNT`. It does with
 * them what the receiver and the client do up to the use case, without the network in between. First come every
 * byte of four honest messages changed to every other, then COUNT at random.
 */
import type { SignedRequest, Tag } from '@ipupdater/protocol'
import {
  ProtocolError,
  parseEmptyBody,
  parseSecret,
  parseSignedRequest,
  parseUpdate,
  signAnswer,
  verifyAnswer,
  verifySignature,
} from '@ipupdater/protocol'
import type { Random } from '../../fixtures/random.ts'
import { createRandom } from '../../fixtures/random.ts'
import type { EditName } from './edits.ts'
import type { Answered, Mutant, Scene } from './generator.ts'
import { mutateAnswer, mutateRequest } from './generator.ts'
import type { Device } from './honest.ts'
import { honestRequest } from './honest.ts'
import type { Answer, Request } from './message.ts'
import { headersOf } from './message.ts'

/** What came of them, as it is sent to the parent. */
export interface Results {
  tried: number
  hostile: number
  /** Hostile ones that were accepted, or made the verifier fail; the first few, to look at. */
  wrong: string[]
  wrongCount: number
  same: number
  valid: number
  byEdit: Partial<Record<EditName, number>>
  /** Every byte of the fields and the body of an honest message, changed to every other. */
  everyByte: number
  /** Bytes in use after a garbage collection: when a tenth was done, and at the end. */
  memory: { early: number; late: number }
}

const devices: readonly Device[] = [
  { name: 'home', secret: 'the secret of the home' },
  { name: 'office', secret: 'ein gut gehütetes Geheimnis' },
]
const secretsOf = new Map(devices.map(({ name, secret }) => [name, [parseSecret(secret)]]))

function run(seed: number, count: number): Results {
  const random = createRandom(seed)
  const results: Results = {
    ...{ tried: 0, hostile: 0, wrong: [], wrongCount: 0, same: 0, valid: 0, byEdit: {}, everyByte: 0 },
    memory: { early: 0, late: 0 },
  }
  let fixture = setStage(random)
  for (const request of fixture.scene.requests.map(each => each.request)) {
    for (const message of everyByteChanged(request)) {
      results.everyByte += 1
      checkMutant(
        { message, edits: [], by: 'stranger', is: 'hostile' },
        () => acceptRequest(message),
        results,
      )
    }
  }
  for (let done = 0; done < count; done++) {
    if (done % 500 === 0) fixture = setStage(random)
    if (random.oneIn(5)) {
      const answered = random.pick(fixture.answered)
      const mutant = mutateAnswer(random, answered, fixture.scene)
      checkMutant(mutant, () => acceptAnswer(mutant.message, answered.asked, answered.device), results)
    } else {
      const mutant = mutateRequest(random, fixture.scene)
      checkMutant(mutant, () => acceptRequest(mutant.message), results)
    }
    if (done === Math.floor(count / 10)) results.memory.early = memoryInUse()
  }
  results.memory.late = memoryInUse()
  return results
}

interface DiskFixture {
  readonly scene: Scene
  readonly answered: readonly (Answered & { asked: SignedRequest })[]
}

/** Honest exchanges of all devices, renewed now and then. */
function setStage(random: Random): DiskFixture {
  const requests = devices.flatMap(device => {
    const interval = random.oneIn(2) ? `,"interval":${1 + random.below(31 * 86_400)}` : ''
    const update = `{"address":"${random.pick(ADDRESSES)}","timestamp":${1_763_827_200_000 + random.below(2 ** 31)}${interval}}`
    return [
      { device, request: honestRequest(random, device, '/ip', '{}') },
      { device, request: honestRequest(random, device, '/update', update) },
    ]
  })
  const answered = requests.map(({ request, device }) => {
    const asked = acceptRequest(request)
    const status = random.pick([200, 409])
    const body = '{"address":"127.0.0.1","timestamp":1763827200123}'
    const signer = {
      secret: parseSecret(device.secret),
      created: 1_763_827_200,
      nonce: random.bytes(16).toString('base64url'),
    }
    const fields = Object.entries(signAnswer({ status, body }, asked, signer))
    return { answer: { status, fields, body: Buffer.from(body) }, request, asked, device }
  })
  return { scene: { requests, answers: answered.map(({ answer }) => answer) }, answered }
}

const ADDRESSES = ['127.0.0.1', '203.0.113.7', '2001:db8::1', '::1', '2606:4700:4700::1111']

/** As the receiver does it, up to the source and the clock. */
function acceptRequest({ method, path, body, ...message }: Request): SignedRequest {
  const tag: Tag = path === '/ip' ? 'ipupdater-ip' : 'ipupdater-update'
  const headers = headersOf({ ...message, body })
  const request = parseSignedRequest({ method, headers, body }, tag)
  verifySignature(request, secretsOf.get(request.device) ?? [])
  if (tag === 'ipupdater-ip') parseEmptyBody(request.proof.body)
  else parseUpdate(request.proof.body)
  return request
}

/** As the client does it. */
function acceptAnswer(answer: Answer, request: SignedRequest, { secret }: Device): void {
  verifyAnswer(
    { status: answer.status, headers: headersOf(answer), body: answer.body },
    request,
    parseSecret(secret),
  )
}

function checkMutant(mutant: Mutant<Request | Answer>, accept: () => void, results: Results): void {
  results.tried += 1
  results[mutant.is] += 1
  for (const edit of mutant.edits) results.byEdit[edit] = (results.byEdit[edit] ?? 0) + 1
  const outcome = outcomeOf(accept)
  if (outcome === (mutant.is === 'hostile' ? 'refused' : 'accepted')) return
  results.wrongCount += 1
  if (results.wrong.length < 5) results.wrong.push(`${outcome}: ${describe(mutant)}`)
}

function outcomeOf(accept: () => void): string {
  try {
    accept()
    return 'accepted'
  } catch (error) {
    // Anything else than a refusal in our own words would be answered as a failure of the server.
    return error instanceof ProtocolError ? 'refused' : `failed with ${error}`
  }
}

function describe({ message, ...mutant }: Mutant<Request | Answer>): string {
  return JSON.stringify({ ...mutant, ...message, body: message.body.toString('latin1') })
}

function* everyByteChanged(request: Request): Generator<Request> {
  for (const [index, [name, value]] of request.fields.entries()) {
    for (const changed of everyOtherByte(Buffer.from(value, 'latin1'))) {
      yield { ...request, fields: request.fields.with(index, [name, changed.toString('latin1')]) }
    }
  }
  for (const body of everyOtherByte(request.body)) yield { ...request, body }
}

function* everyOtherByte(bytes: Buffer): Generator<Buffer> {
  for (const at of bytes.keys()) {
    for (let change = 1; change < 256; change++) {
      const changed = Buffer.from(bytes)
      changed[at] = (bytes[at] ?? 0) ^ change
      yield changed
    }
  }
}

function memoryInUse(): number {
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc')
  // What a native handle holds on to is free only when that has gone.
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed + process.memoryUsage().external
}

const [seed, count] = process.argv.slice(2).map(Number)
process.send?.(run(seed ?? 0, count ?? 0))
