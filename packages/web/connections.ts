import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionLimits {
  /** The most open connections. */
  readonly connections: number
  /** The most open connections of one holder. */
  readonly connectionsPerHolder: number
  /** The most requests of one connection that wait for their answers (pipelining: RFC 9112, 9.3.2). */
  readonly pipelinedRequests: number
}

/** The open connections of a server. */
export interface Connections {
  /** Whether a complete message that came over this connection is still to be answered, or is being answered. */
  owesAnswer(socket: unknown): boolean
  /** From now on every answer closes its connection. Connections without an open request close at once. */
  drain(): void
}

interface Connection {
  readonly socket: Socket
  readonly holder: string
  /** Answers to requests that have begun. Nearly always one at most. */
  readonly open: Set<ServerResponse>
}

/**
 * Keeps the number of open connections below the limits. If a limit is reached, a new connection takes the place of
 * an old one of the same holder, or of the largest holder if the server is full. So whoever opens many connections
 * closes their own.
 *
 * @param holderOf who a connection counts for, from its remote address
 */
export function trackConnections(
  server: Server,
  limits: ConnectionLimits,
  holderOf: (remoteAddress: string | undefined) => string,
): Connections {
  const connections = new Map<unknown, Connection>()
  /** Of each holder, the one that has been quiet for the longest time first. */
  const byHolder = new Map<string, Set<Connection>>()
  let draining = false

  server.on('connection', (socket: Socket) => {
    const holder = holderOf(socket.remoteAddress)
    const held = byHolder.get(holder)
    if (held !== undefined && held.size >= limits.connectionsPerHolder) closeOne(held)
    else if (connections.size >= limits.connections) closeOne(largest())
    const connection: Connection = { socket, holder, open: new Set() }
    connections.set(socket, connection)
    appendToHolder(connection)
    socket.once('close', () => forget(connection))
  })

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.setHeader('Connection', 'close')
    // Not the response's socket: that is null while an earlier answer of this connection is being sent.
    const connection = connections.get(request.socket)
    if (connection === undefined) return
    connection.open.add(response)
    // Node reads 64 KiB at a time and parses all of it: 1,700 requests, which take 13 MB.
    if (connection.open.size > limits.pipelinedRequests) connection.socket.destroy()
    response.once('close', () => {
      connection.open.delete(response)
      if (byHolder.get(connection.holder)?.delete(connection)) appendToHolder(connection)
    })
  })

  function appendToHolder(connection: Connection): void {
    const held = byHolder.get(connection.holder) ?? new Set()
    byHolder.set(connection.holder, held.add(connection))
  }

  function forget(connection: Connection): void {
    connections.delete(connection.socket)
    const held = byHolder.get(connection.holder)
    held?.delete(connection)
    if (held?.size === 0) byHolder.delete(connection.holder)
  }

  function largest(): Set<Connection> {
    let most = new Set<Connection>()
    for (const held of byHolder.values()) if (held.size > most.size) most = held
    return most
  }

  const owes = ({ open }: Connection) =>
    open.values().some(response => response.req.complete || response.headersSent)

  function closeOne(held: Set<Connection>): void {
    const [oldest] = held
    const connection = held.values().find(candidate => !owes(candidate)) ?? oldest
    if (connection === undefined) return
    // Now, not in the close event: more connections may arrive before it.
    forget(connection)
    connection.socket.destroy()
  }

  return {
    owesAnswer(socket) {
      const connection = connections.get(socket)
      return connection !== undefined && owes(connection)
    },
    drain() {
      draining = true
      for (const { socket, open } of connections.values()) {
        if (open.size === 0) socket.destroy()
        for (const response of open) if (!response.headersSent) response.setHeader('Connection', 'close')
      }
    },
  }
}
