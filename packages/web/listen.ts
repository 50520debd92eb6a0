import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '@ipupdater/runtime'
import type Koa from 'koa'
import { answerClientError } from './client-error.ts'
import type { WantedAddress } from './listen-error.ts'
import { explainListenError } from './listen-error.ts'
import type { OpenRequests } from './open-requests.ts'
import { trackOpenRequests } from './open-requests.ts'

export interface ListenOptions {
  /** null: all addresses, IPv4 and IPv6. */
  host: string | null
  /** 0: any free one. */
  port: number
  /** The setting that the port is from, for messages; PORT if not given. */
  portSetting?: string
  log: Log
  limits?: Partial<ServerLimits>
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number
  /** Where a program on this machine finds it. */
  readonly url: string
}

export interface ServerLimits {
  headersMs: number
  requestMs: number
  checkEveryMs: number
  keepAliveMs: number
  silenceMs: number
  stopMs: number
  headerBytes: number
  connections: number
}

export const defaultLimits: ServerLimits = {
  // A device on a bad line (30 % loss, 2 s delay) sends its 700 bytes of header within 10 s.
  headersMs: 10_000,
  requestMs: 15_000,
  // Node looks for overdue ones only every 30 s unless told.
  checkEveryMs: 2_000,
  // Longer than the 60 s for which nginx and others keep idle connections to us, so that it is they who close:
  // the other way round, a request now and then meets a connection that is just being closed.
  keepAliveMs: 65_000,
  // Nothing moves in either direction: a reader who does not read, or has gone without a word.
  silenceMs: 30_000,
  // Under Docker's ten seconds, with time left to close the database.
  stopMs: 8_000,
  // Node's own. Ours need one, but a browser may bring the cookies of a whole domain.
  headerBytes: 16_384,
  // An idle one costs some 15 KiB: this many stay under 150 MB.
  connections: 10_000,
}

/**
 * Serves `app`. Disposing stops gracefully: no new connections, idle ones closed at once, what was begun is
 * finished (for at most `stopMs`), each answer with `Connection: close`.
 *
 * @throws StartError if the address cannot be had
 */
export async function listen(app: Koa, options: ListenOptions): Promise<RunningServer> {
  const { host, port, portSetting = 'PORT', log, limits } = options
  const effective = { ...defaultLimits, ...limits }
  const server = makeServer(app, effective)
  const openRequests = trackOpenRequests(server)
  server.on('clientError', (error, socket) => {
    log.debug('not a request', { error: error.message })
    // What is broken may come behind a message that is being answered: more bytes would garble that, or pass for it.
    if (openRequests.owesAnswer(socket)) socket.destroy()
    else answerClientError(error, socket)
  })
  server.on('drop', () => {
    log.debug('too many connections', { limit: effective.connections })
    server.closeIdleConnections() // makes room for the next: kept-alive ones lose nothing by it
  })
  await bind(server, { host, port, portSetting })
  const bound = server.address() as AddressInfo
  return {
    port: bound.port,
    url: `http://${urlHost(host)}:${bound.port}`,
    [Symbol.asyncDispose]: () => stop(server, openRequests, effective.stopMs),
  }
}

function makeServer(app: Koa, limits: ServerLimits): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: limits.keepAliveMs,
      maxHeaderSize: limits.headerBytes,
    },
    app.callback(),
  )
  server.timeout = limits.silenceMs
  server.maxConnections = limits.connections
  // Node would drop header lines beyond 2,000 in silence, perhaps the one a proxy has added last.
  // Their size is limited already.
  server.maxHeadersCount = 0
  return server
}

function bind(server: Server, wanted: WantedAddress): Promise<void> {
  const { host, port } = wanted
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(explainListenError(error, wanted)))
    server.listen(host === null ? { port } : { host, port }, resolve)
  })
}

async function stop(server: Server, openRequests: OpenRequests, stopMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  openRequests.wind()
  const deadline = setTimeout(() => server.closeAllConnections(), stopMs)
  await closed
  clearTimeout(deadline)
}

function urlHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
