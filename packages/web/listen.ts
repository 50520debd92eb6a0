import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Address } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type Koa from 'koa'
import type { ConnectionLimits, Connections } from './connections.ts'
import { trackConnections } from './connections.ts'
import { limitPrefix } from './limit-prefix.ts'
import type { WantedAddress } from './listen-error.ts'
import { explainListenError } from './listen-error.ts'
import { peerAddress } from './peer-address.ts'
import { answerClientError } from './problems.ts'

export interface ListenOptions {
  /** null: all addresses, IPv4 and IPv6 */
  host: string | null
  /** 0: any free port */
  port: number
  /** The name of the setting that holds the port, for messages. Default: PORT. */
  portSetting?: string
  /** Whether a peer is a trusted proxy. Its connections count for itself, not for its prefix. Default: none is. */
  isTrustedProxy?: (address: Address) => boolean
  log: Log
  limits?: Partial<ServerLimits>
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number
  /** The URL for programs on this machine. */
  readonly url: string
}

export interface ServerLimits extends ConnectionLimits {
  headersMs: number
  requestMs: number
  checkEveryMs: number
  keepAliveMs: number
  silenceMs: number
  stopMs: number
  headerBytes: number
}

export const defaultLimits: ServerLimits = {
  // A device on a bad line (30 % loss, 2 s delay) sends its 700 bytes of header within 10 s.
  headersMs: 10_000,
  requestMs: 15_000,
  // Node's own default is 30 s, so it would notice a timeout up to 30 s late.
  checkEveryMs: 2_000,
  // Longer than the 60 s for which nginx and others keep idle connections to a server. So the proxy closes them;
  // otherwise a request could meet a connection that the server is just closing.
  keepAliveMs: 65_000,
  // Nothing moves in either direction: the client does not read, or is gone without a word.
  silenceMs: 30_000,
  // Docker kills after ten seconds. The rest is for closing the database.
  stopMs: 8_000,
  // Node's own default. A device needs one KiB, but a browser may send the cookies of a whole domain.
  headerBytes: 16_384,
  // Measured: full of half headers the process takes 230 MB if they are short, 420 MB if each has 15 KB (docs/scale.md).
  connections: 5_000,
  connectionsPerHolder: 1_000,
  // Neither browsers nor proxies pipeline. Each request takes 7 KB until it is answered.
  pipelinedRequests: 10,
}

/**
 * Serves `app`. Disposing stops gracefully: no new connections, idle ones close at once, requests that have begun
 * are finished (within `stopMs`), and each answer has `Connection: close`.
 *
 * @throws StartError if the address is not available
 */
export async function listen(app: Koa, options: ListenOptions): Promise<RunningServer> {
  const { host, port, portSetting = 'PORT', isTrustedProxy = () => false, log } = options
  const limits = { ...defaultLimits, ...options.limits }
  const server = makeServer(app, limits)
  const connections = trackConnections(server, limits, remote => holderOf(remote, isTrustedProxy))
  server.on('clientError', (error, socket) => {
    log.debug('not an HTTP request', { error: error.message })
    // If another request on this connection is being answered, more bytes would garble that answer.
    if (connections.owesAnswer(socket)) socket.destroy()
    else answerClientError(error, socket)
  })
  await bind(server, { host, port, portSetting })
  const bound = server.address() as AddressInfo
  return {
    port: bound.port,
    url: `http://${urlHost(host)}:${bound.port}`,
    [Symbol.asyncDispose]: () => stop(server, connections, limits.stopMs),
  }
}

/** Who a connection counts for. One that is closed already has no address. */
function holderOf(remoteAddress: string | undefined, isTrustedProxy: (address: Address) => boolean): string {
  const address = peerAddress(remoteAddress)
  if (address === null) return 'closed'
  return isTrustedProxy(address) ? `proxy ${address}` : limitPrefix(address)
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
  // Node silently drops header lines beyond 2,000, perhaps the one that a proxy has added last.
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

async function stop(server: Server, connections: Connections, stopMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  connections.drain()
  const deadline = setTimeout(() => server.closeAllConnections(), stopMs)
  await closed
  clearTimeout(deadline)
}

function urlHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
