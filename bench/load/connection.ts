import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

/** A keep-alive connection that sends prepared bytes, one request at a time. */
export interface Connection {
  /** Resolves with the whole answer. */
  exchange(request: Buffer): Promise<Answer>
  close(): void
}

export interface Answer {
  status: number
  /** The raw header lines, in Latin-1. */
  head: string
  body: Buffer
}

/**
 * `node:http` needs as much CPU time per request as the server under test, and a generator must need less.
 * So this reads only the status line and Content-Length.
 */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return new RawConnection(socket)
}

class RawConnection implements Connection {
  readonly #socket: Socket
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  /** Header of the current answer; undefined until complete. */
  #head: string | undefined
  #received: Buffer[] = []
  #missing = 0
  #failure: Error | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', chunk => this.#read(chunk))
    socket.on('error', error => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  exchange(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#settle = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    if (this.#head !== undefined) this.#readBody(chunk)
    else {
      const received = this.#received.length === 0 ? chunk : Buffer.concat([...this.#received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) {
        this.#received = [received]
        return
      }
      this.#head = received.toString('latin1', 0, end)
      this.#missing = contentLength(this.#head)
      this.#received = []
      this.#readBody(received.subarray(end + 4))
    }
  }

  #readBody(chunk: Buffer): void {
    this.#received.push(chunk)
    this.#missing -= chunk.length
    if (this.#missing > 0) return
    const head = this.#head ?? ''
    const body = this.#received.length === 1 ? chunk : Buffer.concat(this.#received)
    this.#head = undefined
    this.#received = []
    const settle = this.#settle
    this.#settle = undefined
    // RFC 9112 §4: HTTP/1.1 200 …
    settle?.resolve({ status: Number(head.slice(9, 12)), head, body })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#settle?.reject(error)
    this.#settle = undefined
  }
}

function contentLength(head: string): number {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`answer without Content-Length:\n${head}`)
  return Number(length)
}
