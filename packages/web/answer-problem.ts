import type { ProblemCode, ProblemMember } from '@ipupdater/protocol'
import { encodeProblem, isProblemCode, PROBLEMS, ProtocolError } from '@ipupdater/protocol'
import type { Context } from 'koa'
import { requestId } from './request-id.ts'
import { notesOf } from './request-notes.ts'

export const problemType = 'application/problem+json'

/**
 * Answers with the problem that `error` stands for (RFC 9457) and returns the body, for a service that signs it.
 * A ProtocolError tells its code and detail; of an unknown error nothing leaves the house but the request id.
 */
export function answerProblem(ctx: Context, error: unknown): string {
  const { code, detail, extra } = problemOf(error)
  notesOf(ctx).problem = { code, detail, cause: error }
  const id = requestId(ctx)
  const body = encodeProblem(code, detail, { ...extra, requestId: id })
  ctx.status = PROBLEMS[code].status
  ctx.set('Content-Type', problemType)
  ctx.set('Cache-Control', 'no-store') // a refusal is about this moment
  ctx.set('X-Request-Id', id)
  if (extra?.retryAfter !== undefined) ctx.set('Retry-After', String(extra.retryAfter))
  ctx.body = body
  return body
}

interface Told {
  code: ProblemCode
  detail?: string
  extra?: Readonly<Record<string, ProblemMember>>
}

function problemOf(error: unknown): Told {
  if (error instanceof ProtocolError && isProblemCode(error.code)) {
    return { code: error.code, detail: error.message, extra: error.extra }
  }
  const status = statusOf(error)
  const code = status === undefined ? undefined : codesOfStatuses[status]
  return { code: code ?? (status === undefined ? 'internal' : 'malformed') }
}

/** Koa, its router and raw-body throw errors with a 4xx status for what the caller has done. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  const { status } = error
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}

const codesOfStatuses: Readonly<Record<number, ProblemCode>> = {
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'timeout',
  413: 'too-large',
  429: 'rate-limited',
}
