import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

/** A connection on which the test writes whatever bytes it likes, and that keeps whatever comes back. */
export interface RawConnection extends Disposable {
  readonly socket: Socket
  received(): Buffer
  /** Once the server has ended it, in whatever way. */
  readonly closed: Promise<void>
}

/** `from`: the address of this machine to come from; all of 127.0.0.0/8 are. */
export async function openRaw(port: number, from = '127.0.0.1'): Promise<RawConnection> {
  const host = from.includes(':') ? '::1' : '127.0.0.1'
  const socket = connect({ host, port, localAddress: from, noDelay: true, allowHalfOpen: true })
  socket.on('error', () => {}) // a reset is one way to be closed
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.on('end', () => socket.end())
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  return { socket, closed, received: () => Buffer.concat(chunks), [Symbol.dispose]: () => socket.destroy() }
}

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

/** The whole answers among these bytes, in their order. */
export function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.toString('latin1', 0, end)
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]
    if (end < 0 || status === undefined) return answers
    const bodyEnd = end + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    if (rest.length < bodyEnd) return answers
    answers.push({ status: Number(status), head, body: rest.subarray(end + 4, bodyEnd) })
    rest = rest.subarray(bodyEnd)
  }
}

export interface RawOutcome {
  readonly answers: readonly RawAnswer[]
  /** All that came back, also what is no answer. */
  readonly received: Buffer
}

/**
 * Writes the bytes and reads until the server closes the connection. A server that waits for more of a message
 * than there is, is told after `patienceMs` that nothing more will come, as it is after so many `answers` (one).
 * Rejects if it does not close then.
 */
export async function sendRaw(
  port: number,
  bytes: Buffer,
  o: { from?: string; patienceMs?: number; answers?: number } = {},
): Promise<RawOutcome> {
  using connection = await openRaw(port, o.from)
  const { socket, closed, received } = connection
  socket.write(bytes)
  const nudge = setTimeout(() => socket.end(), o.patienceMs ?? 100)
  const hangs = Promise.withResolvers<never>()
  const limit = setTimeout(
    () => hangs.reject(new Error(`no end after ${HANG_MS} ms for:\n${bytes.toString('latin1')}`)),
    HANG_MS,
  )
  socket.on('data', () => {
    // All is answered, so it need not keep the connection for more.
    if (answersIn(received()).length >= (o.answers ?? 1)) socket.end()
  })
  await Promise.race([closed, hangs.promise]).finally(() => {
    clearTimeout(nudge)
    clearTimeout(limit)
  })
  return { answers: answersIn(received()), received: received() }
}

// Beyond every time limit of the servers.
const HANG_MS = 30_000
