import { setTimeout } from 'node:timers/promises'
import type { Environment } from '@ipupdater/runtime'
import { printable } from '@ipupdater/runtime'

/** Everything outside the program that a command uses. */
export interface Context {
  readonly env: Environment
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** 0 ≤ random() < 1 */
  readonly random: () => number
  readonly sleep: Sleep
  /** Writes one line of the result to standard output. */
  readonly stdout: (line: string) => void
  /** Writes one line for people to standard error. */
  readonly stderr: (line: string) => void
}

/** Resolves after `ms`, or when the signal aborts. Never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** 0 done; 1 something failed; 2 wrong use or settings. */
export type ExitCode = 0 | 1 | 2

export function contextOf(process: NodeJS.Process): Context {
  return {
    env: process.env,
    now: Date.now,
    random: Math.random,
    sleep: (ms, signal) => setTimeout(Math.min(ms, MAX_TIMER_MS), undefined, { signal }).catch(() => {}),
    stdout: line => void process.stdout.write(`${printable(line)}\n`),
    stderr: line => void process.stderr.write(`${printable(line)}\n`),
  }
}

/** Node fires a longer timer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1
