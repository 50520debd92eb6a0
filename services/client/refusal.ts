import type { FieldLines, Problem, ProblemCode } from '@ipupdater/protocol'
import { parseProblem, quote } from '@ipupdater/protocol'
import { ClientError } from './client-error.ts'
import type { Answer } from './http.ts'

/**
 * Throws unless the answer is a success that the server has signed. Unsigned answers never stand for a
 * success; what they say is told for what it is worth: a hint that anyone on the path could have written.
 */
export function assertNotRefused(answer: Answer, isSigned: boolean): void {
  const isSuccess = answer.status >= 200 && answer.status < 300
  if (isSigned && isSuccess) return
  const problem = parseProblem(answer.body.toString())
  if (isSigned) {
    // A signed refusal of a code that we do not know comes from a newer server.
    if (problem === null) throw new ClientError('answer-unknown', { detail: `status ${answer.status}` })
    // The field Retry-After is not under the signature; the body is.
    throw refusedBy(problem, problem.detail, pauseMs(problem.extra.retryAfter))
  }
  const retryAfterMs = retryAfterOf(answer.headers)
  if (problem !== null && !isSuccess && MAY_BE_UNSIGNED.has(problem.code)) {
    const hint = 'the answer is not signed, so anyone on the path may have sent it'
    throw refusedBy(problem, problem.detail === undefined ? hint : `${problem.detail}; ${hint}`, retryAfterMs)
  }
  if (problem !== null) throw new ClientError('answer-unsigned', { detail: `it says "${problem.title}"` })
  throw strangersAnswer(answer, retryAfterMs)
}

function refusedBy(problem: Problem, detail: string | undefined, retryAfterMs: number): ClientError {
  return new ClientError(problem.code, { ...(detail === undefined ? {} : { detail }), retryAfterMs })
}

/** What the server says before it has checked our signature, and so cannot answer under one of its own. */
const MAY_BE_UNSIGNED: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'malformed',
  'digest-mismatch',
  'too-large',
  'timeout',
  'not-authenticated',
  'source-unclear',
  'rate-limited',
  'stopping',
  'not-found',
  'method-not-allowed',
  'internal',
])

function strangersAnswer({ status, headers }: Answer, retryAfterMs: number): ClientError {
  const detail = `status ${status}`
  if (status >= 300 && status < 400) {
    const location = firstOf(headers.location)
    return new ClientError('redirected', {
      detail: location === undefined ? detail : `${detail} to ${quote(location)}`,
    })
  }
  // RFC 6585 §6: by this status a captive portal means to be known, though it is no fault of a server.
  if (status === 511) return new ClientError('captive-portal', { detail })
  if (status === 429 || status >= 500) return new ClientError('proxy-failed', { detail, retryAfterMs })
  if (status >= 400) return new ClientError('not-our-server', { detail })
  const isPage = /^text\/html\b/i.test(firstOf(headers['content-type']) ?? '')
  return new ClientError(isPage ? 'captive-portal' : 'answer-unsigned', { detail })
}

/** RFC 9110 §10.2.3, in seconds; the form with a date needs a clock that is right, and we do not rely on ours. */
function retryAfterOf(headers: FieldLines): number {
  const text = firstOf(headers['retry-after']) ?? ''
  return /^\d{1,9}$/.test(text) ? pauseMs(Number(text)) : 0
}

function pauseMs(seconds: unknown): number {
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds * 1000, LONGEST_PAUSE_MS) : 0
}

// Nobody is to silence us for weeks, and timers of Node end at 24 days.
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000

function firstOf(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'string' ? field : field?.[0]
}
