import assert from 'node:assert/strict'
import type { Proof } from '@ipupdater/protocol'
import {
  parseDeviceName,
  parseObservedAddress,
  parseSecret,
  parseSignedRequest,
  verifyAnswer,
} from '@ipupdater/protocol'
import type { Reader } from '@ipupdater/storage'
import type { Random } from '../../fixtures/random.ts'
import type { RawAnswer } from '../../fixtures/raw-http.ts'
import { sendRaw } from '../../fixtures/raw-http.ts'
import { editBytes } from './edit-body.ts'
import type { Scene } from './generator.ts'
import { mutateRequest } from './generator.ts'
import type { Device } from './honest.ts'
import { honestRequest, signed } from './honest.ts'
import type { Answer, Field, Request } from './message.ts'
import { bytesOf, fieldOf, headersOf, requestIn } from './message.ts'
import { deviceOf, isOfTheProtocol, saysTheSame, updateIn } from './oracle.ts'

/** The outcomes of the messages of a campaign. */
export interface Tally {
  sent: number
  refused: number
  /** Ended by the server without an answer. */
  closed: number
  /** Equivalent to an honest message, in spite of the changes. */
  same: number
  /** Accepted though it says something else, or answered with a failure of the server: a description. */
  wrong: string[]
  statuses: Record<number, number>
}

export interface Campaign {
  readonly port: number
  readonly reader: Reader
  readonly devices: readonly Target[]
  readonly tally: Tally
}

/** A device that reports from its own address, while an attacker hears its messages, changes them and sends them first. */
export interface Target {
  readonly device: Device
  readonly from: string
  /** The timestamps of the updates that were accepted, in their order. */
  readonly accepted: number[]
  /** What an attacker has heard: at the end of a round the last accepted update is among it. */
  heard: { requests: Request[]; answers: Answer[] }
}

/**
 * Each round the device asks, and signs its update. Before it is delivered, `perRound` messages made out of what is
 * known by then are; the update itself comes last, and is what the database holds then: so until then it could have
 * been accepted, and none of the others was in its place.
 */
export async function runCampaign(
  campaign: Campaign,
  one: Target,
  random: Random,
  o: { rounds: number; perRound: number },
): Promise<void> {
  const send = async (request: Request) => {
    const sent = await sendRaw(campaign.port, bytesOf(request), { from: one.from, patienceMs: 20_000 })
    const [answer, ...more] = sent.answers
    assert.ok(answer !== undefined && more.length === 0)
    return proven(answer, request, one.device)
  }
  for (let round = 0; round < o.rounds; round++) {
    const last = one.accepted.at(-1) ?? 0
    const question = honestRequest(random, one.device, '/ip', '{}')
    const answer = await send(question)
    const sighting = parseObservedAddress(answer.body.toString())
    assert.equal(sighting.address, one.from)
    assert.ok(sighting.timestamp > last, 'the clock of the server goes forward')
    const update = honestRequest(
      random,
      one.device,
      '/update',
      JSON.stringify({ ...sighting, interval: 3_600 }),
    )

    const previous = one.heard.requests.slice(-1)
    one.heard = {
      requests: [...previous, question, update],
      answers: [...one.heard.answers.slice(-3), answer],
    }
    await inLanes(
      LANES,
      Array.from({ length: o.perRound }, () => () => attack(campaign, one, random)),
    )

    const receipt = await send(update)
    // Where it was delivered already under another label, it is too late for the same words again.
    assert.ok(receipt.status === 200 || receipt.status === 409, `${receipt.status} ${receipt.body}`)
    const [stored] = (await campaign.reader.currentOf(parseDeviceName(one.device.name))) ?? []
    assert.ok(stored !== undefined && stored.proof !== null && saysTheSame(requestOf(stored.proof), update))
    one.accepted.push(sighting.timestamp)
    one.heard.answers.push(receipt)
  }
}

async function attack({ port, devices, tally }: Campaign, one: Target, random: Random): Promise<void> {
  const heard = known(devices)
  const bytes = weapon(random, heard, devices, one)
  const arrives = requestIn(bytes)
  const { answers, received } = await sendRaw(port, bytes, { from: one.from })
  tally.sent += 1
  if (received.length === 0) tally.closed += 1
  for (const { status } of answers) tally.statuses[status] = (tally.statuses[status] ?? 0) + 1
  const worst = Math.max(...answers.map(({ status }) => status))
  const isAccepted = answers.some(({ status }) => status >= 200 && status < 300)
  const isHonest = heard.some(honest => saysTheSame(arrives, honest)) || isOwnQuestion(arrives, one)
  if (isAccepted && isHonest) tally.same += 1
  else if (!isAccepted && worst < 500) tally.refused += 1
  else tally.wrong.push(`${worst} for ${JSON.stringify(bytes.toString('latin1'))}`)
}

/** The bytes of a message that is none of the device's own. */
function weapon(random: Random, heard: readonly Request[], devices: readonly Target[], one: Target): Buffer {
  // Any byte of the whole message: first line, names, lengths, blanks.
  if (random.oneIn(3)) {
    let bytes = bytesOf(random.pick(one.heard.requests))
    do bytes = editBytes(random, bytes)
    while (random.oneIn(4))
    return bytes
  }
  // As it is, but of another time or another place.
  if (random.oneIn(10)) return bytesOf(random.pick(heard))

  const requests = one.heard.requests.map(request => ({ request, device: one.device }))
  const scene: Scene = { requests, answers: devices.flatMap(each => each.heard.answers) }
  const bytes = bytesOf(mutateRequest(random, scene).message)
  return isOwnUpdate(requestIn(bytes), one) ? weapon(random, heard, devices, one) : bytes
}

/** An update that the device itself might as well have made, and that would count. */
function isOwnUpdate(request: Request, { device, from, accepted }: Target): boolean {
  const update = request.path === '/update' ? updateIn(request.body) : null
  if (update?.address !== from || !isOwn(request, device)) return false
  return update.timestamp > (accepted.at(-1) ?? 0) && update.timestamp < Date.now() + 10_000
}

/** Asked in another way than before, but by the device: asking changes nothing. */
function isOwnQuestion(request: Request, { device }: Target): boolean {
  return request.path === '/ip' && isOwn(request, device)
}

function isOwn(request: Request, { name, secret }: Device): boolean {
  const isByIts = fieldOf(signed(request, secret), 'signature') === fieldOf(request, 'signature')
  return isByIts && isOfTheProtocol(request) && deviceOf(request) === name
}

function known(all: readonly Target[]): Request[] {
  return all.flatMap(({ heard }) => heard.requests)
}

/** The answer, which must be the server's own. */
function proven(
  { status, head, body }: RawAnswer,
  { method, path, ...message }: Request,
  device: Device,
): Answer {
  const fields = head
    .split('\r\n')
    .slice(1)
    .map((line): Field => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
  const answer = {
    status,
    fields: fields.filter(([name]) => /^(signature|content-digest)/i.test(name)),
    body,
  }
  const headers = headersOf(message)
  const tag = path === '/ip' ? 'ipupdater-ip' : 'ipupdater-update'
  const request = parseSignedRequest({ method, headers, body: message.body }, tag)
  verifyAnswer({ status, headers: headersOf(answer), body }, request, parseSecret(device.secret))
  return answer
}

function requestOf({ contentDigest, signatureInput, signature, body }: Proof): Request {
  const fields: Field[] = [
    ['content-digest', contentDigest],
    ['signature-input', signatureInput],
    ['signature', signature],
  ]
  return { method: 'POST', path: '/update', fields, body: Buffer.from(body) }
}

/** So many at a time. */
async function inLanes(lanes: number, tasks: (() => Promise<void>)[]): Promise<void> {
  const lane = async () => {
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) await task()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const LANES = 12
