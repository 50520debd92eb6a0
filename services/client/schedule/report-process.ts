import { spawn } from 'node:child_process'
import type { Environment } from '@ipupdater/runtime'
import type { Reported } from '../report/exchange.ts'
import type { Outcome } from '../report/outcome.ts'

export interface ReportProcess {
  /** How this program was started. */
  program: readonly string[]
  env: Environment
  /** A report that has not ended by then has lost its way, and is killed. */
  timeoutMs: number
  signal: AbortSignal
  onOutcome: (outcome: Outcome<Reported>) => void
}

export interface ReportEnd {
  /** null: it was killed. */
  exit: number | null
  /** What it says of itself beyond its outcomes: faulty settings, or a crash. */
  complaint: string
}

/**
 * One report in a process of its own, `ipupdater update --json`. So the one that waits stays as small as a bare
 * Node.js, and every report has fresh sockets, a fresh look at DNS and resolv.conf, and at SECRET_FILE.
 */
export function reportInProcess({
  program,
  env,
  timeoutMs,
  signal,
  onOutcome,
}: ReportProcess): Promise<ReportEnd> {
  const [command = process.execPath, ...args] = program
  const { promise, resolve } = Promise.withResolvers<ReportEnd>()
  const child = spawn(command, [...args, 'update', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    timeout: timeoutMs,
    killSignal: 'SIGKILL', // safe at any moment: an update is committed by the server, or it is not
  })
  let line = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (line + text).split('\n')
    line = lines.pop() ?? ''
    for (const each of lines) onOutcome(JSON.parse(each) as Outcome<Reported>)
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT)
  })
  // No memory for another process, or interrupted: the next report may fare better.
  child.on('error', error => resolve({ exit: null, complaint: error.message }))
  child.on('close', exit => resolve({ exit, complaint: complaint.trim() }))
  return promise
}

const MAX_COMPLAINT = 4_000
