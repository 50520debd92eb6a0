import type { Family } from '@ipupdater/protocol'
import type { ClientError, ClientErrorCode } from '../errors.ts'

/** How a task at one server over one family ended: a line of `--json`. */
export type Outcome<T> = Done<T> | Waiting | Failed | Absent

interface About {
  server: string
  family: Family
}

export type Done<T> = About & { outcome: 'done' } & T

/** Why there is no success, for programs and for people. */
export interface Failure {
  code: ClientErrorCode
  /** Title, detail and advice as text. */
  message: string
  /** What was observed this time; also in `message`. */
  detail?: string
  /** What to do; also in `message`. */
  advice: string
}

/** No success yet; another attempt follows. */
export interface Waiting extends About, Failure {
  outcome: 'waiting'
  retryInMs: number
}

export interface Failed extends About, Failure {
  outcome: 'failed'
  exit: 1 | 75
}

/** This family has no connection to the server, and does not matter because the other one has. */
export interface Absent extends About, Failure {
  outcome: 'absent'
}

export function failureOf({ code, message, detail, advice }: ClientError): Failure {
  return { code, message, ...(detail === undefined ? {} : { detail }), advice }
}

/** 0 if every server was reached over at least one family, 1 if somebody has to act, otherwise 75. */
export function exitCodeOf(outcomes: readonly Outcome<unknown>[]): 0 | 1 | 75 {
  const served = new Set(outcomes.filter(({ outcome }) => outcome === 'done').map(({ server }) => server))
  const exits = outcomes.flatMap(each =>
    each.outcome === 'failed' && !served.has(each.server) ? [each.exit] : [],
  )
  if (exits.length === 0) return 0
  return exits.includes(1) ? 1 : 75
}
