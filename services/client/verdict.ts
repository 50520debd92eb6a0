import type { Family } from '@ipupdater/protocol'
import type { ClientErrorCode } from './client-error.ts'

/** What came of one task at one server by one family: a line of `--json`. */
export type Verdict<T> = Done<T> | Waiting | Failed | Absent

interface About {
  server: string
  family: Family
}

export type Done<T> = About & { outcome: 'done' } & T

interface Trouble extends About {
  code: ClientErrorCode
  /** What is the matter, and what to do. */
  message: string
  /** What was seen this time; a part of the message. */
  detail?: string
}

/** Not yet, and another try follows. */
export interface Waiting extends Trouble {
  outcome: 'waiting'
  retryInMs: number
}

export interface Failed extends Trouble {
  outcome: 'failed'
  exit: 1 | 75
}

/** No way to the server by this family, and no matter: the other one gets there. */
export interface Absent extends Trouble {
  outcome: 'absent'
}

/** 0 if every server was served by one family at least; 1 if somebody has to do something; else 75. */
export function exitCodeOf(verdicts: readonly Verdict<unknown>[]): 0 | 1 | 75 {
  const served = new Set(verdicts.filter(({ outcome }) => outcome === 'done').map(({ server }) => server))
  const exits = verdicts.flatMap(verdict =>
    verdict.outcome === 'failed' && !served.has(verdict.server) ? [verdict.exit] : [],
  )
  if (exits.length === 0) return 0
  return exits.includes(1) ? 1 : 75
}
