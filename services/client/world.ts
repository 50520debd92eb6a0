import { randomBytes } from 'node:crypto'
import type { Environment } from '@ipupdater/runtime'
import type { Sleep } from './sleep.ts'
import { sleep } from './sleep.ts'

/** What a command has to do with, handed down so that tests can stand in for it. */
export interface World {
  env: Environment
  /** How this program was started: command and arguments, up to the script. */
  program: readonly string[]
  /** Milliseconds since the epoch. */
  now: () => number
  /** 0 ≤ random() < 1 */
  random: () => number
  randomBytes: (size: number) => Buffer
  sleep: Sleep
  /** One line of the answer, on stdout. */
  print: (line: string) => void
  /** One line for people, on stderr. */
  tell: (line: string) => void
}

/** 0 done; 1 refused; 2 wrong use or settings; 75 try later. */
export type ExitCode = 0 | 1 | 2 | 75

export function worldOf(process: NodeJS.Process): World {
  // `ipupdater history | head` is no error.
  process.stdout.on('error', error => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))
  return {
    env: process.env,
    program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    now: Date.now,
    random: Math.random,
    randomBytes: size => randomBytes(size),
    sleep,
    print: line => void process.stdout.write(`${line}\n`),
    tell: line => void process.stderr.write(`${line}\n`),
  }
}
