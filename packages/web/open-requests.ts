import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Which connections there are, and which of them are owed an answer. */
export interface OpenRequests {
  /** Whether a message that has come whole on this connection is still to be answered, or is being answered. */
  owesAnswer(socket: unknown): boolean
  /** From now on every answer ends its connection; those that are owed none end at once. */
  wind(): void
}

export function trackOpenRequests(server: Server): OpenRequests {
  const sockets = new Set<Socket>()
  const open = new Set<ServerResponse>()
  let winding = false

  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // One function for all responses: a closure each would be garbage for every request.
  function forget(this: ServerResponse) {
    open.delete(this)
  }
  server.prependListener('request', (_request, response: ServerResponse) => {
    open.add(response)
    response.once('close', forget)
    if (winding) response.setHeader('Connection', 'close')
  })

  const isBusy = (socket: unknown) => open.values().some(response => response.socket === socket)
  return {
    owesAnswer: socket =>
      open
        .values()
        .some(response => response.socket === socket && (response.req.complete || response.headersSent)),
    wind() {
      winding = true
      for (const response of open) if (!response.headersSent) response.setHeader('Connection', 'close')
      for (const socket of sockets) if (!isBusy(socket)) socket.destroy()
    },
  }
}
