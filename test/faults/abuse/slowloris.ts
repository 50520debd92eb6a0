import { setTimeout as sleep } from 'node:timers/promises'
import { answersIn, openRaw } from '../../fixtures/raw-http.ts'

/** A connection that sends as little as possible, to be kept open as long as possible. */
export interface Slowloris {
  readonly begin: Buffer
  /** What follows, again and again; undefined: nothing. */
  readonly drip?: Buffer
  readonly everyMs?: number
  /** Does not read the answers. */
  readonly deaf?: boolean
}

const begun = 'POST /ip HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n'

/** Its answer is some KB, so that the kernel's buffers are soon full. */
const page = 'GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n'

export const SLOWLORIS: Readonly<Record<string, Slowloris>> = {
  'sends nothing': { begin: Buffer.alloc(0) },
  'sends half a line': { begin: Buffer.from('POST /ip HTT') },
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
  'sends requests and does not read the answers': {
    begin: Buffer.alloc(0),
    drip: Buffer.from(page.repeat(5)),
    everyMs: 5,
    deaf: true,
  },
  'sends all requests at once and does not read the answers': {
    begin: Buffer.from(page.repeat(2_000)),
    deaf: true,
  },
}

export interface Ended {
  readonly statuses: readonly number[]
  readonly seconds: number
}

/** Sends until the server ends the connection; rejects after `limitMs`. */
export async function runSlowloris(
  port: number,
  { begin, drip, everyMs = 1_000, deaf }: Slowloris,
  o: { from: string; limitMs: number },
): Promise<Ended> {
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
