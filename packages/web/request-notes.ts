import { randomBytes } from 'node:crypto'
import type { ProblemCode } from '@ipupdater/protocol'
import type { LogFields } from '@ipupdater/runtime'
import type { Context } from 'koa'

/** What is known about a request next to the request itself: Koa's `ctx.state`, with a type. */
export interface RequestNotes {
  requestId?: string
  /** The refusal, and the cause of it (for the log only). */
  problem?: { code: ProblemCode; detail: string | undefined; cause: unknown }
  /** The same refusal was logged for the request before. */
  isRepeated?: boolean
  /** The source that the request's log line counts for, such as its prefix. */
  logSource?: string
  /** Fields that a service adds to the request's log line, such as the device. */
  logFields?: LogFields
}

export function notesOf(ctx: Pick<Context, 'state'>): RequestNotes {
  return ctx.state as RequestNotes
}

/**
 * The id that connects a refusal with its log line. It is made when it is first needed, because most requests are
 * neither refused nor logged. A proxy's X-Request-Id is kept, so that one id leads through both logs. Anyone may
 * send one: it is a label, and nothing relies on it.
 */
export function requestId(ctx: Pick<Context, 'state' | 'get'>): string {
  const notes = notesOf(ctx)
  notes.requestId ??= givenId(ctx.get('X-Request-Id')) ?? nextId()
  return notes.requestId
}

function givenId(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text) ? text : undefined
}

// The prefix makes it unique among runs, the count within a run: no randomness is needed per request.
const run = randomBytes(6).toString('base64url').replaceAll(/[-_]/g, '0')
let count = 0

function nextId(): string {
  count += 1
  return `${run}-${count.toString(36)}`
}
