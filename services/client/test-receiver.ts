import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Server as TlsServer } from 'node:tls'
import type { ProblemCode, SignedRequest } from '@ipupdater/protocol'
import {
  encodeProblem,
  encodeReceipt,
  encodeSighting,
  PROBLEMS,
  parseAddress,
  parseSecret,
  parseSignedRequest,
  parseUpdate,
  signAnswer,
} from '@ipupdater/protocol'

export const testSecret = parseSecret('a secret for the tests')
export const serverTime = 1_763_827_200_123

/** What arrived, and what an honest receiver would answer to it. */
export interface Arrival {
  path: string
  request: SignedRequest
  honest: Reply
  /** Refuses under the server's signature. */
  refusal: (code: ProblemCode, detail?: string) => Reply
  /** To misbehave in ways that no reply can. */
  raw: ServerResponse
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: string
}

export interface TestReceiver extends AsyncDisposable {
  url: string
  arrivals: Arrival[]
}

/**
 * For tests: a receiver on loopback that signs, and keeps nothing. `twist` makes of its honest reply what is
 * sent; null: it has done that by itself.
 */
export async function testReceiver(
  twist: (arrival: Arrival) => Reply | null = ({ honest }) => honest,
  create?: (listener: RequestListener) => Server,
): Promise<TestReceiver> {
  const arrivals: Arrival[] = []
  const server = await listenOnLoopback(async (incoming, raw) => {
    const arrival = arrivalOf(incoming, await buffer(incoming), raw)
    arrivals.push(arrival)
    const reply = twist(arrival)
    if (reply !== null) raw.writeHead(reply.status, reply.headers).end(reply.body)
  }, create)
  return Object.assign(server, { arrivals })
}

export async function listenOnLoopback(
  answer: RequestListener,
  create: (listener: RequestListener) => Server = createServer,
): Promise<AsyncDisposable & { url: string }> {
  const server = create(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const scheme = server instanceof TlsServer ? 'https' : 'http'
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Where nothing listens: a port that was just given back. */
export async function closedPort(): Promise<string> {
  const server = await listenOnLoopback(() => {})
  await server[Symbol.asyncDispose]()
  return server.url
}

export function signed(request: SignedRequest, status: number, body: string, secret = testSecret): Reply {
  const headers = signAnswer({ status, body }, request, {
    secret,
    created: Math.floor(serverTime / 1000),
    nonce: randomBytes(16).toString('base64url'),
  })
  return { status, body, headers: { 'content-type': 'application/json', ...headers } }
}

function arrivalOf(incoming: IncomingMessage, body: Buffer, raw: ServerResponse): Arrival {
  const path = incoming.url ?? ''
  const tag = path.endsWith('/ip') ? 'ipupdater-ip' : 'ipupdater-update'
  const message = { method: incoming.method ?? '', headers: incoming.headers, body }
  const request = parseSignedRequest(message, tag)
  return {
    path,
    request,
    raw,
    honest: signed(request, 200, tag === 'ipupdater-ip' ? sighting() : receipt(request)),
    refusal: (code, detail) => signed(request, PROBLEMS[code].status, encodeProblem(code, detail)),
  }
}

function sighting(): string {
  return encodeSighting({ address: parseAddress('203.0.113.7'), timestamp: serverTime })
}

function receipt({ proof }: SignedRequest): string {
  const { address, timestamp } = parseUpdate(proof.body)
  return encodeReceipt({ result: 'new', address, firstSeen: timestamp, lastSeen: timestamp })
}
