import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:http'
import type { DeviceName, Secret, Tag } from '@ipupdater/protocol'
import { signRequest, verifyAnswer } from '@ipupdater/protocol'

export interface Signer {
  readonly device: DeviceName
  readonly secret: Secret
}

export type SignedMessage = ReturnType<typeof signRequest>

/** By the right clock, with a nonce of its own. */
export function sign(tag: Tag, body: string, { device, secret }: Signer): SignedMessage {
  const created = Math.floor(Date.now() / 1000)
  return signRequest(tag, body, { device, secret, created, nonce: randomBytes(16).toString('base64url') })
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A device's kept-alive connection to the receiver, through a proxy that says where the device is. */
export interface Wire extends Disposable {
  /** The answer, which is the server's own. Rejects where there is no whole one. */
  post(message: SignedMessage, signer: Signer, from: string): Promise<Answer>
}

export function openWire(port: number): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    async post({ request: { tag }, request: signed, headers, body }, { secret }, from) {
      const path = tag === 'ipupdater-ip' ? '/ip' : '/update'
      const fields = { ...headers, 'content-type': 'application/json', 'x-forwarded-for': from }
      const answer = await send(agent, port, path, fields, body)
      verifyAnswer(answer, signed, secret)
      return answer
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

function send(
  agent: Agent,
  port: number,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { agent, port, path, host: '127.0.0.1', method: 'POST' }
    const length = { 'content-length': Buffer.byteLength(body) }
    const outgoing = request({ ...options, headers: { ...headers, ...length } }, incoming => {
      incoming.toArray().then(chunks => {
        const { statusCode = 0, headers } = incoming
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks) })
      }, reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
