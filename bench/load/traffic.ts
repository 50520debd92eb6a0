import { setTimeout as sleep } from 'node:timers/promises'
import type { ObservedAddress } from '@ipupdater/protocol'
import { parseObservedAddress, verifyAnswer } from '@ipupdater/protocol'
import type { Answer, Connection } from './connection.ts'
import type { Traffic } from './job.ts'
import { deviceName, routerPassword } from './job.ts'
import type { Message, Signer } from './messages.ts'
import { dynDns2Message, getMessage, ipMessage, signerOf, updateMessage } from './messages.ts'

/** Runs on one connection. Resolves with the answer to record. */
export type Task = (connection: Connection) => Promise<Answer>

/** The tasks of one job, prepared before timing starts. */
export interface Tasks {
  /** A worker's next task; null if none is left. One worker gets all tasks of a device, to keep their order. */
  next(worker: number): Task | null
  verified(): number
  timestamp: number | null
}

/** `count`: the maximum number of tasks. `workers`: connections that share them. */
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
    // The server's cache key contains Accept.
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

/** Repeats the same requests. */
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
  // The server has the same clock. Each device's timestamps are just before it, one millisecond apart, and later
  // than the previous job's.
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

/** An update contains the address and timestamp from the `/ip` answer, so it cannot be signed in advance. */
function exchangeTasks({ devices }: Traffic & { kind: 'exchange' }, workers: number): Tasks {
  const check = answerCheck()
  const own: Signer[][] = Array.from({ length: workers }, () => [])
  for (let turn = 0; turn < devices; turn++) own[turn % workers]?.push(signerOf(scattered(turn, devices)))
  return {
    next(worker) {
      const signer = own[worker]?.shift()
      if (signer === undefined) return null
      own[worker]?.push(signer)
      return async connection => {
        const ip = ipMessage(signer)
        const observed = await connection.exchange(ip.bytes)
        if (observed.status !== 200) return observed
        check(observed, ip)
        const update = updateMessage(signer, observedAddress(observed).timestamp)
        const answer = await connection.exchange(update.bytes)
        check(answer, update)
        return answer
      }
    },
    verified: () => check.count(),
    timestamp: null,
  }
}

function observedAddress(answer: Answer): ObservedAddress {
  return parseObservedAddress(answer.body.toString())
}

/** Verifies every 64th answer: cheap, but notices a server that stops signing. */
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

/** A permutation of 1…count in which consecutive numbers are far apart, so the order does not help caches. */
function scattered(turn: number, count: number): number {
  return 1 + ((turn * STEP) % count)
}

// A prime that divides no device count used here.
const STEP = 700_001
/** Paths prepared per job: more than it can send. */
const MANY = 100_000
