import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Job, Outcome } from './load/job.ts'

/** The load generator as its parent sees it. */
export interface Load extends AsyncDisposable {
  /** One at a time. */
  run(job: Job): Promise<Outcome>
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load', 'main.ts'))
  const { promise: death, reject } = Promise.withResolvers<never>()
  death.catch(() => {}) // if it exits between jobs, the next job fails
  child.once('exit', code => reject(new Error(`the load generator exited with code ${code}`)))
  return {
    async run(job) {
      child.send(job)
      const [outcome] = (await Promise.race([once(child, 'message'), death])) as [Outcome]
      return outcome
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
