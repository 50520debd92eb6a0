import type { Environment } from '@ipupdater/runtime'

/** What a command has to do with: handed down from main.ts, so that tests can stand in for it. */
export interface World {
  env: Environment
  /** How this program was started: command and arguments, up to the script. */
  program: readonly string[]
  /** Milliseconds since the epoch. */
  now: () => number
  /** 0 ≤ random() < 1 */
  random: () => number
  randomBytes: (size: number) => Buffer
  /** One line of the answer, on stdout. */
  print: (line: string) => void
  /** One line for people, on stderr. */
  tell: (line: string) => void
}

/** 0 done; 1 refused; 2 wrong use or settings; 75 try later. */
export type ExitCode = 0 | 1 | 2 | 75
