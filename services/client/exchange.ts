import type { DeviceName, Receipt, Secret, Sighting, Tag } from '@ipupdater/protocol'
import {
  EMPTY_BODY,
  encodeUpdate,
  ProtocolError,
  parseReceipt,
  parseSighting,
  signRequest,
  verifyAnswer,
} from '@ipupdater/protocol'
import { ClientError } from './client-error.ts'
import type { Answer, Connection } from './http.ts'
import type { Patience } from './patience.ts'
import { assertNotRefused } from './refusal.ts'

/** One server, as one device speaks to it over one connection. */
export interface Peer {
  connection: Connection
  server: URL
  device: DeviceName
  secret: Secret
  now: () => number
  randomBytes: (size: number) => Buffer
}

export interface Reported extends Receipt, Clocked {}

/** The answer to the question, with what it tells of our clock. */
export interface Sighted extends Sighting, Clocked {}

interface Clocked {
  /** This device's clock minus the server's, in milliseconds; the way there and back counts as half each. */
  clockSkewMs: number
}

/**
 * The exchange of docs/protocol.md: ask which address the server sees, and send it back signed. Nothing is
 * taken from an answer before its signature holds. Throws a ClientError once patience is at its end.
 */
export async function exchange(
  peer: Peer,
  interval: number | undefined,
  patience: Patience,
): Promise<Reported> {
  return patience.retry(isOutdated, async () => {
    const { address, timestamp, clockSkewMs } = await patience.retry(isLost, () => ask(peer))
    const body = encodeUpdate({ address, timestamp, ...(interval === undefined ? {} : { interval }) })
    const update = sign(peer, 'ipupdater-update', body)
    // The very same message again: where only the answer was lost, the server repeats it and changes nothing.
    const receipt = await patience.retry(isLost, () => converse(peer, '/update', update, parseReceipt))
    return { ...receipt, clockSkewMs }
  })
}

/** The address that the server sees, and how far our clock is from its. */
export async function ask(peer: Peer): Promise<Sighted> {
  const askedAt = peer.now()
  const question = sign(peer, 'ipupdater-ip', EMPTY_BODY)
  const sighting = await converse(peer, '/ip', question, parseSighting)
  return { ...sighting, clockSkewMs: Math.round((askedAt + peer.now()) / 2) - sighting.timestamp }
}

/** The question or its answer may have been lost on the way, or the server is not able to answer now. */
export const isLost = ({ reaction }: ClientError) => reaction.retry === 'again'
/** The server has answered, and the sighting is no longer good. */
const isOutdated = ({ reaction }: ClientError) => reaction.retry === 'anew'

type SignedMessage = ReturnType<typeof signRequest>

function sign({ device, secret, now, randomBytes }: Peer, tag: Tag, body: string): SignedMessage {
  const created = Math.floor(now() / 1000)
  return signRequest(tag, body, { device, secret, created, nonce: randomBytes(16).toString('base64url') })
}

async function converse<T>(
  { connection, server, secret }: Peer,
  path: '/ip' | '/update',
  { request, headers, body }: SignedMessage,
  parse: (body: string) => T,
): Promise<T> {
  const answer = await connection.call({
    method: 'POST',
    url: under(server, path),
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  })
  const isSigned = verify(answer, request, secret)
  assertNotRefused(answer, isSigned)
  return understand(answer, parse)
}

/** Whether the answer bears the server's signature; throws where it bears another one. */
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

function understand<T>(answer: Answer, parse: (body: string) => T): T {
  try {
    return parse(answer.body.toString())
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    throw new ClientError('answer-unknown', { detail: cause.message, cause })
  }
}

/** SERVER_URL may have a path of its own, with or without a slash behind. */
function under(server: URL, path: string): URL {
  const url = new URL(server)
  url.pathname = url.pathname.replace(/\/$/, '') + path
  return url
}
