import type { ProblemCode } from '@ipupdater/protocol'
import type { Log, LogLevel } from '@ipupdater/runtime'
import type { Context } from 'koa'
import { createLogRateLimit } from './log-rate-limit.ts'
import { notesOf, requestId } from './request-notes.ts'

/** Writes at most one line for an answered request. A line that is not written costs nothing to build. */
export type RequestLog = (ctx: Context, startedMs: number) => void

/**
 * The line has the path without its query, which may be private. Of each kind of refusal at most 30 lines a minute
 * are written, and at most 10 of them for one source: neither a flood nor a full disk fills the log.
 */
export function createRequestLog(log: Log, now: () => number): RequestLog {
  const rateLimit = createLogRateLimit({ lines: 30, linesPerSource: 10, periodMs: 60_000, now })
  return (ctx, startedMs) => {
    const { problem, isRepeated, logSource, logFields } = notesOf(ctx)
    const level = isRepeated ? 'debug' : levelOf(ctx.status, problem?.code)
    if (!log.isEnabled(level)) return
    const suppressed = level === 'debug' ? 0 : rateLimit(problem?.code ?? '', logSource)
    if (suppressed === null) return
    log[level](`answered ${ctx.status}`, {
      method: ctx.method,
      path: ctx.path.slice(0, 200),
      from: ctx.socket.remoteAddress,
      ms: Math.round((now() - startedMs) * 10) / 10,
      requestId: requestId(ctx),
      code: problem?.code,
      detail: problem?.detail,
      ...logFields,
      error: ctx.status >= 500 ? problem?.cause : undefined,
      suppressedLines: suppressed || undefined,
    })
  }
}

/** Refusals that any stranger can cause at will, or that say nothing new. */
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
