import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Connection } from './connection.ts'
import type { Task, Tasks } from './traffic.ts'

/** Called once for every answer, with its latency in milliseconds. */
export type Record = (ms: number, answer: Answer) => void

/** Closed loop: each connection is a worker that stops at the deadline or when tasks run out. */
export async function runClosed(
  connections: Connection[],
  tasks: Tasks,
  seconds: number,
  record: Record,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  await Promise.all(
    connections.map(async (connection, worker) => {
      let began = performance.now()
      while (began < deadline) {
        const task = tasks.next(worker)
        if (task === null) return
        const answer = await task(connection)
        const ended = performance.now()
        record(ended - began, answer)
        began = ended
      }
    }),
  )
}

/**
 * Open loop: request n is due n / perSecond after the start. Its latency counts from then, including any wait
 * for a free connection or for this process. This avoids coordinated omission.
 */
export async function runOpen(
  connections: Connection[],
  tasks: Tasks,
  { perSecond, seconds }: { perSecond: number; seconds: number },
  record: Record,
): Promise<void> {
  const idle = [...connections]
  const waiting: { task: Task; due: number }[] = []
  const total = Math.round(perSecond * seconds)
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>()
  let answered = 0

  const start = (connection: Connection, task: Task, due: number) => {
    task(connection).then(answer => {
      record(performance.now() - due, answer)
      if (++answered === total) resolve()
      const next = waiting.shift()
      if (next === undefined) idle.push(connection)
      else start(connection, next.task, next.due)
    }, reject)
  }

  const began = performance.now()
  for (let sent = 0; sent < total; ) {
    // Request 0 is due at once.
    const dueByNow = Math.min(total, 1 + Math.floor(((performance.now() - began) / 1000) * perSecond))
    for (; sent < dueByNow; sent++) {
      const task = tasks.next(0)
      if (task === null) throw new Error('too few tasks were prepared for this rate')
      const due = began + (sent / perSecond) * 1000
      // The longest idle one, because the server closes idle connections.
      const connection = idle.shift()
      if (connection === undefined) waiting.push({ task, due })
      else start(connection, task, due)
    }
    await sleep(1)
  }
  await finished
}
