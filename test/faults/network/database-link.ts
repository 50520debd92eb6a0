import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** The way between a receiver and its database. */
export interface DatabaseLink extends AsyncDisposable {
  readonly port: number
  /**
   * `reset`: ends all connections, and new ones at once. `silence`: they stay open, and no byte arrives. After `repair`
   * they deliver what was sent, because TCP sends it again.
   */
  cut(how: Cut): void
  /** Resolves when the server is done with the connections that the receiver has left meanwhile. */
  repair(): Promise<void>
}

export type Cut = 'reset' | 'silence'

/** @param path the Unix socket of the database server */
export async function openDatabaseLink(path: string): Promise<DatabaseLink> {
  let cut: Cut | null = null
  const connections = new Set<Connection>()

  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const connection = new Connection(client, connect({ path, allowHalfOpen: true }))
    connections.add(connection)
    void connection.closed.then(() => connections.delete(connection))
    if (cut !== null) connection.cut(cut)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cut(how) {
      cut = how
      for (const connection of connections) connection.cut(how)
    },
    async repair() {
      cut = null
      const left = [...connections].filter(({ isLeft }) => isLeft)
      for (const connection of connections) connection.repair()
      await Promise.all(left.map(({ closed }) => closed))
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.cut('reset')
      server.close()
      await once(server, 'close')
    },
  }
}

class Connection {
  readonly #client: Socket
  readonly #upstream: Socket
  /** Resolves when the server has ended it. */
  readonly closed: Promise<unknown>
  /** Has the receiver ended it? */
  isLeft = false
  /** What arrives after the silence. */
  #held: (() => void)[] | null = null

  constructor(client: Socket, upstream: Socket) {
    this.#client = client
    this.#upstream = upstream
    this.closed = new Promise(resolve => upstream.once('close', resolve))
    for (const event of ['end', 'close']) {
      client.on(event, () => {
        this.isLeft = true
      })
    }
    for (const [source, sink] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      source.on('error', () => {}) // "close" follows
      source.on('data', chunk => this.#pass(() => sink.writable && sink.write(chunk)))
      source.on('end', () => this.#pass(() => sink.end()))
      source.on('close', () => this.#pass(() => sink.end()))
    }
  }

  cut(how: Cut): void {
    if (how === 'silence') this.#held ??= []
    else {
      this.#client.resetAndDestroy()
      this.#upstream.destroy()
    }
  }

  repair(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const act of held) act()
  }

  #pass(act: () => void): void {
    if (this.#held === null) act()
    else this.#held.push(act)
  }
}
