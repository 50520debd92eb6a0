import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

export interface RelayOptions {
  /** Where the connections go on to. */
  readonly port: number
  /** The address that it listens on. */
  readonly host?: string
  /** The address that the server sees, as behind a NAT router. */
  readonly from?: string
  /** How long every byte is on the way, in either direction. */
  readonly delayMs?: number
  /** The first connection breaks after so many bytes of its answers. */
  readonly cut?: { readonly afterBytes: number; readonly by: 'end' | 'reset' }
  /** Sees what the client sends before the server does. */
  readonly onRequest?: (chunk: Buffer) => void
}

/** A stretch of the way between client and server, of our own making: TCP in, TCP out. */
export interface Relay extends AsyncDisposable {
  readonly url: string
  /** How many bytes of answers came from the server. */
  answered(): number
  /** How many connections were cut. */
  cuts(): number
}

export async function openRelay(options: RelayOptions): Promise<Relay> {
  const { port, host = '127.0.0.1', from, delayMs = 0, cut, onRequest } = options
  let [answered, cuts] = [0, 0]
  const sockets = new Set<Socket>()

  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const isFirst = sockets.size === 0
    const upstream = connect({
      port,
      host,
      noDelay: true,
      allowHalfOpen: true,
      ...(from && { localAddress: from }),
    })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}) // "close" follows
    }
    pass(client, upstream, delayMs, chunk => {
      onRequest?.(chunk)
      return chunk
    })
    pass(upstream, client, delayMs, chunk => {
      const passed = answered
      answered += chunk.length
      if (!isFirst || cut === undefined || answered <= cut.afterBytes) return chunk
      cuts = 1
      client.write(chunk.subarray(0, Math.max(0, cut.afterBytes - passed)), () => {
        // What has been written is on its way before the reset is.
        if (cut.by === 'reset') client.resetAndDestroy()
        else client.end(() => client.destroy())
      })
      upstream.destroy()
      return null
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    answered: () => answered,
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** All that comes in goes out, in its order and so much later, up to the end; null: nothing more. */
function pass(source: Socket, sink: Socket, delayMs: number, look: (chunk: Buffer) => Buffer | null): void {
  const later = (act: () => void) => {
    if (delayMs === 0) act()
    else setTimeout(act, delayMs)
  }
  source.on('data', chunk => {
    const rest = look(chunk)
    if (rest !== null) later(() => sink.writable && sink.write(rest))
  })
  source.on('end', () => later(() => sink.end()))
  source.on('close', hadError => later(() => (hadError ? sink.destroy() : sink.end())))
}
