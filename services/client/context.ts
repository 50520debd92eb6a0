import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Environment, StopSignal } from '@ipupdater/runtime'
import { isContainer, printable, stopSignal } from '@ipupdater/runtime'

/** Everything outside the program that a command uses. Tests pass their own. */
export interface Context {
  env: Environment
  /** The flag that gave a variable its value, by variable. */
  flags: Readonly<Record<string, string>>
  /** Results and failures are printed as JSON: the flag --json. */
  json: boolean
  /** This program runs in a container, where localhost is the container. */
  isInContainer: boolean
  /** The command that started this program, up to the script: `run` starts its reports with it. */
  program: readonly string[]
  /** Milliseconds since the epoch. */
  now: () => number
  /** 0 ≤ random() < 1 */
  random: () => number
  randomBytes: (size: number) => Buffer
  sleep: Sleep
  /** Aborts when this program is asked to stop. */
  stopSignal: () => StopSignal
  /** Writes one line of the result to standard output. */
  stdout: (line: string) => void
  /** Writes one line for people to standard error. */
  stderr: (line: string) => void
}

/** Resolves after `ms`, or when the signal aborts. Never rejects. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

/** 0 done; 1 refused; 2 wrong use or settings; 75 try again later. */
export type ExitCode = 0 | 1 | 2 | 75

export function contextOf(process: NodeJS.Process): Context {
  // In `ipupdater history | head`, a closed pipe is not an error.
  process.stdout.on('error', error => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))
  return {
    env: process.env,
    flags: {},
    json: false,
    isInContainer: isContainer(),
    program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    now: Date.now,
    random: Math.random,
    randomBytes: size => randomBytes(size),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
    stopSignal,
    stdout: line => void process.stdout.write(`${printable(line)}\n`),
    stderr: line => void process.stderr.write(`${printable(line)}\n`),
  }
}
