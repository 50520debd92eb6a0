import { setTimeout as sleep } from 'node:timers/promises'
import { answersIn, openRaw } from '../raw-http.ts'

/** A connection that is kept busy with as little as possible, to hold it as long as possible. */
export interface Trickle {
  readonly begin: Buffer
  /** What follows, again and again; none: silence. */
  readonly drip?: Buffer
  readonly everyMs?: number
  /** Takes nothing of what it is sent. */
  readonly deaf?: boolean
}

const begun = 'POST /ip HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n'

export const TRICKLES: Readonly<Record<string, Trickle>> = {
  'says nothing': { begin: Buffer.alloc(0) },
  'says half a line': { begin: Buffer.from('POST /ip HTT') },
  'header by bytes': { begin: Buffer.from(`${begun}x: `), drip: Buffer.from('y'), everyMs: 250 },
  'header by lines': { begin: Buffer.from(begun), drip: Buffer.from('x: y\r\n'), everyMs: 250 },
  'line ends before the header': { begin: Buffer.alloc(0), drip: Buffer.from('\r\n'), everyMs: 250 },
  'body by bytes': { begin: Buffer.from(`${begun}\r\n`), drip: Buffer.from(' '), everyMs: 250 },
  'body that never begins': { begin: Buffer.from(`${begun}\r\n`) },
  'chunks by bytes': {
    begin: Buffer.from('POST /ip HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'),
    drip: Buffer.from('1\r\n \r\n'),
    everyMs: 250,
  },
  'asks and does not listen': {
    begin: Buffer.from('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(400_000)),
    deaf: true,
  },
}

export interface Trickled {
  readonly statuses: readonly number[]
  readonly seconds: number
}

/** Trickles until the server ends it; rejects after `limitMs`. */
export async function trickle(
  port: number,
  { begin, drip, everyMs = 1_000, deaf }: Trickle,
  o: { from: string; limitMs: number },
): Promise<Trickled> {
  const began = performance.now()
  using connection = await openRaw(port, o.from)
  const { socket, closed, received } = connection
  if (deaf) socket.pause()
  socket.write(begin)
  const dripping = drip && setInterval(() => socket.write(drip), everyMs)
  const limit = new AbortController()
  const hangs = sleep(o.limitMs, true, { signal: limit.signal }).catch(() => false)
  try {
    if (await Promise.race([closed.then(() => false), hangs]))
      throw new Error(`still open after ${o.limitMs} ms`)
  } finally {
    limit.abort()
    clearInterval(dripping)
  }
  return {
    statuses: answersIn(received()).map(({ status }) => status),
    seconds: (performance.now() - began) / 1000,
  }
}
