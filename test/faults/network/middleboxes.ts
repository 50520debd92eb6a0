import { once } from 'node:events'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Something on the path that speaks HTTP. */
export interface Middlebox extends AsyncDisposable {
  readonly port: number
  /** How many requests it has had. */
  requests(): number
}

/** Answers everything by itself, in place of the server. */
export function openPortal(
  host: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Middlebox> {
  const page = '<!doctype html><title>Welcome to our Wi-Fi</title><p>Please accept our terms.</p>'
  return listen(host, (asked, answer) => {
    asked.resume().on('end', () => {
      answer.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(page)
    })
  })
}

export interface Stripping {
  readonly host: string
  /** The receiver. */
  readonly target: { readonly host: string; readonly port: number }
  /** Fields that it lets through neither in requests … */
  readonly fromRequests?: readonly string[]
  /** … nor in answers, */
  readonly fromAnswers?: readonly string[]
  /** on this path only. */
  readonly path?: string
}

/** A proxy that passes on everything but some fields, and tells whom it speaks for. */
export function openStrippingProxy(stripping: Stripping): Promise<Middlebox> {
  const { host, target, fromRequests = [], fromAnswers = [], path } = stripping
  return listen(host, (asked, answer) => {
    const touched = path === undefined || path === asked.url
    const headers = { ...asked.headers, 'x-forwarded-for': asked.socket.remoteAddress }
    const onward = request({
      ...target,
      localAddress: host,
      path: asked.url,
      method: asked.method,
      headers: touched ? without(headers, fromRequests) : headers,
    })
    onward.on('response', received => {
      const fields = touched ? without(received.headers, fromAnswers) : received.headers
      received.pipe(answer.writeHead(received.statusCode ?? 502, fields))
    })
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
  })
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))
}

async function listen(host: string, listener: RequestListener): Promise<Middlebox> {
  let requests = 0
  const server = createServer((asked, answer) => {
    requests++
    listener(asked, answer)
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
