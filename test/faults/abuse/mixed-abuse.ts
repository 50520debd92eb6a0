/**
 * A separate process that abuses the receiver on a given port, from the message 'begin' of its parent to 'end'. It
 * answers once all connections are open, and once all are closed. Its pace is fixed: how much of two processors an
 * attacker gets is not the question.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../fixtures/random.ts'
import type { RawConnection } from '../../fixtures/raw-http.ts'
import { openRaw } from '../../fixtures/raw-http.ts'
import { honestRequest } from '../hostile/honest.ts'
import { oddRequests } from './odd-requests.ts'
import type { Slowloris } from './slowloris.ts'
import { SLOWLORIS } from './slowloris.ts'

const IDLE = 1_000
const SLOWLORIS_CONNECTIONS = 100
const ODD_PER_SECOND = 20

const port = Number(process.argv[2])
const random = createRandom(20_261_126)
const { fields, body } = honestRequest(
  random,
  { name: 'home', secret: 'not the secret of home' },
  '/ip',
  '{}',
)
const parts = { fields: fields.map(([name, value]) => `${name}: ${value}`), body: body.toString() }
const odd = Object.values(oddRequests(random, parts))
// Whoever asks and does not listen takes what a processor gives, and has a test of his own.
const slowloris = Object.values(SLOWLORIS).filter(({ deaf }) => !deaf)

for (;;) {
  await once(process, 'message')
  const over = new AbortController()
  const held = await Promise.all(Array.from({ length: IDLE }, () => openRaw(port, stranger())))
  const busy = Array.from({ length: SLOWLORIS_CONNECTIONS }, () => hold(random.pick(slowloris), over.signal))
  const thrown = throwOdd(over.signal)
  process.send?.('begun')

  await once(process, 'message')
  over.abort()
  for (const connection of held) connection[Symbol.dispose]()
  const count = held.length + SLOWLORIS_CONNECTIONS + (await thrown)
  await Promise.all(busy)
  process.send?.({ connections: count })
}

/** Odd requests, each on a connection that is left open for the server to close. */
async function throwOdd(over: AbortSignal): Promise<number> {
  const began = performance.now()
  const thrown: RawConnection[] = []
  while (!over.aborted) {
    const due = ((performance.now() - began) / 1000) * ODD_PER_SECOND
    while (thrown.length < due) {
      const connection = await openRaw(port, stranger())
      connection.socket.write(random.pick(odd))
      thrown.push(connection)
    }
    await sleep(5)
  }
  for (const connection of thrown) connection[Symbol.dispose]()
  return thrown.length
}

async function hold({ begin, drip, everyMs }: Slowloris, over: AbortSignal): Promise<void> {
  using connection = await openRaw(port, stranger())
  const { socket } = connection
  socket.write(begin)
  const dripping = drip && setInterval(() => socket.write(drip), everyMs)
  await once(over, 'abort')
  clearInterval(dripping)
}

/** One of a thousand sources, so that the limits do not spare the server. */
function stranger(): string {
  return `127.9.${random.below(4)}.${1 + random.below(250)}`
}
