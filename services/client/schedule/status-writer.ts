import { rmSync } from 'node:fs'
import type { Log } from '@ipupdater/runtime'
import { isAlive } from './process-identity.ts'
import type { Status } from './status.ts'
import { readStatus, writeStatus } from './status.ts'

/** Keeps the status file of one `run` up to date, and removes it at the end. A failure never stops a report. */
export interface StatusWriter extends Disposable {
  update(changes: Partial<Status>): void
}

export function statusWriter(path: string, initial: Status, log: Log): StatusWriter {
  let status = initial
  let hasFailed = false
  const attempt = (write: () => void) => {
    try {
      write()
    } catch (error) {
      if (!hasFailed) {
        const advice = 'Set STATUS_FILE to a path that this user can write to.'
        log.warn('The status for `ipupdater health` cannot be written', { path, error, advice })
      }
      hasFailed = true
    }
  }
  const other = otherProcess(path, initial)
  if (other !== null) {
    log.warn('Another `ipupdater run` uses the same status file, so this one writes none', {
      path,
      process: other,
      advice: 'Stop the other process, or give each its own STATUS_FILE.',
    })
    return { update: () => {}, [Symbol.dispose]: () => {} }
  }
  attempt(() => writeStatus(path, status))
  return {
    update(changes) {
      status = { ...status, ...changes }
      attempt(() => writeStatus(path, status))
    },
    [Symbol.dispose]() {
      const written = readStatus(path)
      const isOurs = typeof written !== 'string' && written.process.pid === initial.process.pid
      if (isOurs) attempt(() => rmSync(path, { force: true }))
    },
  }
}

/** The number of another process that runs and writes this file; otherwise null. */
function otherProcess(path: string, { process }: Status): number | null {
  const found = readStatus(path)
  if (typeof found === 'string' || found.process.pid === process.pid) return null
  return isAlive(found.process) ? found.process.pid : null
}
