import type { ProblemCode } from '@ipupdater/protocol'
import type { LogFields } from '@ipupdater/runtime'
import type { Context } from 'koa'

/** What is known of a request beside the request itself: Koa's `ctx.state`, with a type. */
export interface RequestNotes {
  requestId?: string
  /** The refusal it got, and what lies behind it (for the log only). */
  problem?: { code: ProblemCode; detail: string | undefined; cause: unknown }
  /** Whose share of the log lines it takes from, where a service can tell; such as its prefix. */
  quotaKey?: string
  /** What a service adds to the request's log line, such as the device. */
  logFields?: LogFields
}

export function notesOf(ctx: Pick<Context, 'state'>): RequestNotes {
  return ctx.state as RequestNotes
}
