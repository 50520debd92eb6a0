/**
 * A process of its own that floods the receiver on the port it is given, from one prefix and under the names of true
 * devices, between 'begin' and 'end'. Its connections and its rate are fixed: the test shows that the limits
 * spare the others, not how much of two processors an attacker gets.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../fixtures/random.ts'
import { answersIn, openRaw } from '../../fixtures/raw-http.ts'
import { honestRequest } from '../hostile/honest.ts'
import { bytesOf } from '../hostile/message.ts'
import { FLOOD_FROM } from './flood-from.ts'

const CONNECTIONS = 20
const PER_SECOND = 1_000

const port = Number(process.argv[2])
const random = createRandom(20_261_128)
const forged = Array.from({ length: 100 }, (_, index) => {
  const liar = { name: `device-${index}`, secret: 'not the secret of that device' }
  const text = bytesOf(honestRequest(random, liar, '/ip', '{}')).toString('latin1')
  return text.replace('Connection: close\r\n', '')
})

for (;;) {
  await once(process, 'message')
  const over = new AbortController()
  const floods = Array.from({ length: CONNECTIONS }, () => flood(over.signal))
  process.send?.('begun')

  await once(process, 'message')
  over.abort()
  const statuses = (await Promise.all(floods)).flat()
  const limited = statuses.filter(status => status === 429).length
  process.send?.({ flooded: statuses.length, limited, otherwise: statuses.length - limited })
}

/** The statuses of all answers. */
async function flood(over: AbortSignal): Promise<number[]> {
  using connection = await openRaw(port, FLOOD_FROM)
  const began = performance.now()
  for (let sent = 0; !over.aborted; ) {
    const due = Math.floor(((performance.now() - began) / 1000) * (PER_SECOND / CONNECTIONS))
    if (due > sent)
      connection.socket.write(
        Array.from({ length: due - sent }, () => random.pick(forged)).join(''),
        'latin1',
      )
    sent = due
    await sleep(20)
  }
  return answersIn(connection.received()).map(({ status }) => status)
}
