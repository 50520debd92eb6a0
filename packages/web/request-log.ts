import type { ProblemCode } from '@ipupdater/protocol'
import type { Log, LogLevel } from '@ipupdater/runtime'
import type { Context } from 'koa'
import { createLineQuota } from './line-quota.ts'
import { requestId } from './request-id.ts'
import { notesOf } from './request-notes.ts'

/** Writes at most one line for an answered request; nothing is built for one that is not written. */
export type RequestLog = (ctx: Context, beganMs: number) => void

/**
 * The line has the path without its query, which may hold what is nobody's business. Of each kind of refusal
 * only so many are written a minute, and for one caller a third of them: a flood of them, or a full disk, must
 * not become a flood of lines, nor hide what befalls others.
 */
export function createRequestLog(log: Log, now: () => number): RequestLog {
  const quota = createLineQuota({ lines: 30, linesPerSource: 10, everyMs: 60_000, now })
  return (ctx, beganMs) => {
    const { problem, quotaKey, logFields } = notesOf(ctx)
    const level = levelOf(ctx.status, problem?.code)
    if (!log.isEnabled(level)) return
    const unwritten = level === 'debug' ? 0 : quota(problem?.code ?? '', quotaKey)
    if (unwritten === null) return
    log[level](`answered ${ctx.status}`, {
      method: ctx.method,
      path: ctx.path.slice(0, 200),
      from: ctx.socket.remoteAddress,
      ms: Math.round((now() - beganMs) * 10) / 10,
      requestId: requestId(ctx),
      code: problem?.code,
      detail: problem?.detail,
      ...logFields,
      error: ctx.status >= 500 ? problem?.cause : undefined,
      alsoUnwritten: unwritten || undefined,
    })
  }
}

/** Successes, and refusals that any stranger can cause or that say nothing new. */
const QUIET_CODES: ReadonlySet<ProblemCode | undefined> = new Set<ProblemCode>([
  'not-found',
  'method-not-allowed',
  'rate-limited',
  'not-newer',
  'stopping',
])

function levelOf(status: number, code: ProblemCode | undefined): LogLevel {
  if (status < 400 || QUIET_CODES.has(code)) return 'debug'
  if (status < 500) return 'info'
  return status === 500 ? 'error' : 'warn'
}
