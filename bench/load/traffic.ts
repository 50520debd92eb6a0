import { setTimeout as sleep } from 'node:timers/promises'
import type { ObservedAddress } from '@ipupdater/protocol'
import { parseObservedAddress, verifyAnswer } from '@ipupdater/protocol'
import type { Answer, Connection } from './connection.ts'
import type { Traffic } from './job.ts'
import { deviceName, routerPassword } from './job.ts'
import type { Message, Signer } from './messages.ts'
import { dynDns2Message, getMessage, ipMessage, signerOf, updateMessage } from './messages.ts'

/** One thing to do on a connection. Resolves with the answer that counts. */
export type Task = (connection: Connection) => Promise<Answer>

/** The tasks of one job, prepared before its clock starts. */
export interface Tasks {
  /** The next one for a worker; null: there are no more. A device's tasks all go to one worker, so stay in order. */
  next(worker: number): Task | null
  verified(): number
  timestamp: number | null
}

/** `count`: how many tasks at most. `workers`: how many connections take them in turn. */
export async function prepareTasks(traffic: Traffic, count: number, workers: number): Promise<Tasks> {
  switch (traffic.kind) {
    case 'get':
      return getTasks(traffic)
    case 'dyndns2':
      return dynDns2Tasks(traffic)
    case 'update':
      return updateTasks(traffic, count, workers)
    case 'exchange':
      return exchangeTasks(traffic, workers)
  }
}

function getTasks({ path, accept, devices = 1, unique = false }: Traffic & { kind: 'get' }): Tasks {
  const began = Date.now()
  const requests = Array.from({ length: unique ? MANY : Math.min(devices, MANY) }, (_, turn) => {
    const device = deviceName(scattered(turn, devices))
    // A server caches answers by what Accept says.
    const accepted = unique ? `${accept}, unique/${began + turn}` : accept
    return getMessage(path.replace('{device}', device), accepted)
  })
  return inTurn(requests)
}

function dynDns2Tasks({ routers, password }: Traffic & { kind: 'dyndns2' }): Tasks {
  const passwordOf = (router: number) =>
    password === 'right' ? routerPassword(router) : 'a-wrong-password-20c'
  return inTurn(Array.from({ length: routers }, (_, turn) => dynDns2Message(turn + 1, passwordOf(turn + 1))))
}

/** The same requests round and round. */
function inTurn(requests: readonly Buffer[]): Tasks {
  let sent = 0
  return {
    next() {
      const request = requests[sent++ % requests.length] as Buffer
      return connection => connection.exchange(request)
    },
    verified: () => 0,
    timestamp: null,
  }
}

async function updateTasks(
  { devices, signedAnswers }: Traffic & { kind: 'update' },
  count: number,
  workers: number,
): Promise<Tasks> {
  const check = signedAnswers ? answerCheck() : null
  const signers = Array.from({ length: Math.min(count, devices) }, (_, turn) =>
    signerOf(scattered(turn, devices)),
  )
  // The server's clock is this machine's: timestamps that lie just behind it, one millisecond apart for a device,
  // and all after this moment, so after those of the job before.
  const rounds = Math.ceil(count / signers.length)
  await sleep(rounds + 1)
  const first = Date.now() - rounds
  const queues: Message[][] = Array.from({ length: workers }, () => [])
  for (let round = 0; round < rounds; round++) {
    for (const [turn, signer] of signers.entries()) {
      queues[turn % workers]?.push(updateMessage(signer, first + round))
    }
  }
  const upcoming = queues.map(queue => queue.values())
  return {
    next(worker) {
      const message = upcoming[worker]?.next().value
      if (message === undefined) return null
      return async connection => {
        const answer = await connection.exchange(message.bytes)
        check?.(answer, message)
        return answer
      }
    },
    verified: () => check?.count() ?? 0,
    timestamp: rounds === 1 ? first : null,
  }
}

/** The update bears the address and the timestamp that the server has just given, so it is signed in between. */
function exchangeTasks({ devices }: Traffic & { kind: 'exchange' }, workers: number): Tasks {
  const check = answerCheck()
  const own: Signer[][] = Array.from({ length: workers }, () => [])
  for (let turn = 0; turn < devices; turn++) own[turn % workers]?.push(signerOf(scattered(turn, devices)))
  return {
    next(worker) {
      // Round and round: taken from the front, put back at the end.
      const signer = own[worker]?.shift()
      if (signer === undefined) return null
      own[worker]?.push(signer)
      return async connection => {
        const question = ipMessage(signer)
        const sighted = await connection.exchange(question.bytes)
        if (sighted.status !== 200) return sighted
        check(sighted, question)
        const update = updateMessage(signer, sightingOf(sighted).timestamp)
        const answer = await connection.exchange(update.bytes)
        check(answer, update)
        return answer
      }
    },
    verified: () => check.count(),
    timestamp: null,
  }
}

function sightingOf(answer: Answer): ObservedAddress {
  return parseObservedAddress(answer.body.toString())
}

/** Checks the signature of every 64th answer: enough to notice a server that stops signing, and cheap. */
function answerCheck(): { (answer: Answer, message: Message): void; count(): number } {
  let seen = 0
  let count = 0
  const check = (answer: Answer, { request, secret }: Message) => {
    if (answer.status !== 200 || seen++ % 64 !== 0) return
    verifyAnswer(
      { status: answer.status, headers: fieldsOf(answer.head), body: answer.body },
      request,
      secret,
    )
    count += 1
  }
  return Object.assign(check, { count: () => count })
}

function fieldsOf(head: string): Record<string, string> {
  const lines = head.split('\r\n').slice(1)
  return Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
}

/** 1…count, each once in `count` turns, neighbours in time far apart in number: no cache is helped by the order. */
function scattered(turn: number, count: number): number {
  return 1 + ((turn * STEP) % count)
}

// A prime that divides no number of devices used here.
const STEP = 700_001
/** Paths prepared for one job: more than are sent in the time. */
const MANY = 100_000
