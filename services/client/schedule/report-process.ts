import { spawn } from 'node:child_process'
import type { Environment } from '@ipupdater/runtime'
import type { FailureLine } from '../errors.ts'
import type { Reported } from '../report/exchange.ts'
import type { Outcome } from '../report/outcome.ts'

export interface ReportProcess {
  /** How this program was started. */
  program: readonly string[]
  env: Environment
  /** A report that has not ended by then hangs, and is killed. */
  timeoutMs: number
  signal: AbortSignal
  onOutcome: (outcome: Outcome<Reported>) => void
}

export interface ReportEnd {
  /** null: it was killed. */
  exit: number | null
  /** What it says besides its outcomes: wrong settings, or a crash. */
  complaint: string
}

/**
 * Makes one report in a process of its own, `ipupdater update --json`. The waiting process stays as small as a bare
 * Node.js, and each report has new sockets and reads DNS, resolv.conf and SECRET_FILE again.
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
    killSignal: 'SIGKILL', // safe at any time: the server commits an update completely or not at all
  })
  let complaint = ''
  const complain = (text: string) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT)
  }
  let line = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (line + text).split('\n')
    line = lines.pop() ?? ''
    for (const each of lines) {
      const parsed = parseLine(each)
      if (parsed === null) complain(`${each}\n`)
      else if ('server' in parsed) onOutcome(parsed)
      else complain(`${parsed.message}\n`)
    }
  })
  child.stderr.setEncoding('utf8').on('data', complain)
  // There is no memory for another process, or the report was interrupted.
  child.on('error', error => resolve({ exit: null, complaint: error.message }))
  child.on('close', exit => resolve({ exit, complaint: complaint.trim() }))
  return promise
}

function parseLine(line: string): Outcome<Reported> | FailureLine | null {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

const MAX_COMPLAINT = 4_000
