import type { DeviceName, ObservedAddress, Receipt, Secret, Tag } from '@ipupdater/protocol'
import {
  EMPTY_BODY,
  encodeUpdate,
  ProtocolError,
  parseObservedAddress,
  parseReceipt,
  signRequest,
  verifyAnswer,
} from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import type { Answer, Connection } from '../http.ts'
import { assertNotRefused } from './refusal.ts'
import type { RetryPolicy } from './retry-policy.ts'

/** One server, and the device that talks to it over one connection. */
export interface Peer {
  connection: Connection
  server: URL
  device: DeviceName
  secret: Secret
  now: () => number
  randomBytes: (size: number) => Buffer
}

export interface Reported extends Receipt, ClockReading {}

/** The server's answer to `/ip`, and what it says about our clock. */
export interface Observed extends ObservedAddress, ClockReading {}

interface ClockReading {
  /** This device's clock minus the server's, in milliseconds. Both directions count as half the round trip. */
  clockSkewMs: number
}

/**
 * The exchange of docs/protocol.md: asks which address the server observes, and sends it back signed. Nothing is
 * read from an answer before its signature is verified. Throws the last ClientError when the policy gives up.
 */
export async function exchange(
  peer: Peer,
  interval: number | undefined,
  policy: RetryPolicy,
): Promise<Reported> {
  return policy.retry(isOutOfDate, async () => {
    const { address, timestamp, clockSkewMs } = await policy.retry(isLost, () => ask(peer))
    const body = encodeUpdate({ address, timestamp, ...(interval === undefined ? {} : { interval }) })
    const update = sign(peer, 'ipupdater-update', body)
    // The same message again: if only the answer was lost, the server repeats it and changes nothing.
    const receipt = await policy.retry(isLost, () => send(peer, '/update', update, parseReceipt))
    return { ...receipt, clockSkewMs }
  })
}

/** The address that the server observes, and how far our clock is from the server's. */
export async function ask(peer: Peer): Promise<Observed> {
  const askedAt = peer.now()
  const question = sign(peer, 'ipupdater-ip', EMPTY_BODY)
  const observed = await send(peer, '/ip', question, parseObservedAddress)
  return { ...observed, clockSkewMs: Math.round((askedAt + peer.now()) / 2) - observed.timestamp }
}

/** The message or its answer may have been lost, or the server cannot answer now. */
export const isLost = ({ reaction }: ClientError) => reaction.retry === 'same'
/** The server has answered that address or timestamp of the message are out of date. */
const isOutOfDate = ({ reaction }: ClientError) => reaction.retry === 'new'

type SignedMessage = ReturnType<typeof signRequest>

function sign({ device, secret, now, randomBytes }: Peer, tag: Tag, body: string): SignedMessage {
  const created = Math.floor(now() / 1000)
  return signRequest(tag, body, { device, secret, created, nonce: randomBytes(16).toString('base64url') })
}

async function send<T>(
  { connection, server, secret }: Peer,
  path: '/ip' | '/update',
  { request, headers, body }: SignedMessage,
  parse: (body: string) => T,
): Promise<T> {
  const url = under(server, path)
  const answer = await connection.call({
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  })
  const isSigned = verify(answer, request, secret)
  assertNotRefused(answer, isSigned, url)
  return parsed(answer, parse)
}

/** True if the server has signed the answer, false if nobody has; throws if the signature is wrong. */
function verify(answer: Answer, request: SignedMessage['request'], secret: Secret): boolean {
  try {
    verifyAnswer(answer, request, secret)
    return true
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    if (cause.code === 'answer-unsigned') return false
    throw new ClientError('answer-forged', { detail: cause.message, cause })
  }
}

function parsed<T>(answer: Answer, parse: (body: string) => T): T {
  try {
    return parse(answer.body.toString())
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    throw new ClientError('answer-unknown', { detail: cause.message, cause })
  }
}

/** SERVER_URL may have a path of its own, with or without a slash at its end. */
function under(server: URL, path: string): URL {
  const url = new URL(server)
  url.pathname = url.pathname.replace(/\/$/, '') + path
  return url
}
