import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'

/** For tests: the loopback address that plays the trusted proxy. */
export const testProxy = '127.0.0.2'

export interface Message {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Sending {
  /** What the trusted proxy writes into X-Forwarded-For. */
  readonly from?: string
  /** Past the proxy: the source is 127.0.0.1. */
  readonly direct?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly chunked?: boolean
}

/** For tests: one request on a connection of its own, and its whole answer. */
export function sendTo(port: number, path: string, message: Message, sending: Sending): Promise<Answer> {
  const { from, direct = false, headers = {}, method = 'POST', chunked = false } = sending
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        path,
        method,
        host: '127.0.0.1',
        localAddress: direct ? '127.0.0.1' : testProxy,
        headers: {
          'content-type': 'application/json',
          ...(chunked ? {} : { 'content-length': Buffer.byteLength(message.body) }),
          ...(from === undefined ? {} : { 'x-forwarded-for': from }),
          ...message.headers,
          ...headers,
        },
      },
      incoming => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(message.body)
  })
}
