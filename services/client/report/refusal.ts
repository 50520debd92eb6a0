import type { FieldLines, Problem } from '@ipupdater/protocol'
import { parseProblem, quote } from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import type { Answer } from '../http.ts'

/**
 * Throws unless the answer is a success that the server has signed. An unsigned answer is never a success; what
 * it says is passed on as a hint that anyone on the path could have written. `path` is what was asked for.
 */
export function assertNotRefused(answer: Answer, isSigned: boolean, path: string): void {
  const isSuccess = answer.status >= 200 && answer.status < 300
  if (isSigned && isSuccess) return
  const problem = parseProblem(answer.body.toString())
  if (isSigned) {
    // A newer server may sign a refusal with a code that this version does not know.
    if (problem === null) throw new ClientError('answer-unknown', { detail: `status ${answer.status}` })
    // The body is signed, the header field Retry-After is not.
    throw refusedBy(problem, problem.detail, pauseMs(problem.extra.retryAfter))
  }
  const retryAfterMs = retryAfterOf(answer.headers)
  if (problem !== null && !isSuccess && problem.mayBeUnsigned) {
    const hint = 'the answer is not signed, so anyone on the path may have sent it'
    throw refusedBy(problem, problem.detail === undefined ? hint : `${problem.detail}; ${hint}`, retryAfterMs)
  }
  if (problem !== null) throw new ClientError('answer-unsigned', { detail: `it says "${problem.title}"` })
  throw foreignAnswer(answer, retryAfterMs, path)
}

function refusedBy(problem: Problem, detail: string | undefined, retryAfterMs: number): ClientError {
  return new ClientError(problem.code, { ...(detail === undefined ? {} : { detail }), retryAfterMs })
}

/** The error for an answer that no ipupdater server has written. */
function foreignAnswer({ status, headers }: Answer, retryAfterMs: number, _path: string): ClientError {
  const detail = `status ${status}`
  if (status >= 300 && status < 400) {
    const location = firstOf(headers.location)
    return new ClientError('redirected', {
      detail: location === undefined ? detail : `${detail} to ${quote(location)}`,
    })
  }
  // RFC 6585 §6: a captive portal announces itself with this status; no server has failed.
  if (status === 511) return new ClientError('captive-portal', { detail })
  if (status === 429 || status >= 500) return new ClientError('proxy-failed', { detail, retryAfterMs })
  if (status >= 400) return new ClientError('not-our-server', { detail })
  const isPage = /^text\/html\b/i.test(firstOf(headers['content-type']) ?? '')
  return new ClientError(isPage ? 'captive-portal' : 'answer-unsigned', { detail })
}

/** RFC 9110 §10.2.3, in seconds. The form with a date needs a clock that is right, and ours may be wrong. */
function retryAfterOf(headers: FieldLines): number {
  const text = firstOf(headers['retry-after']) ?? ''
  return /^\d{1,9}$/.test(text) ? pauseMs(Number(text)) : 0
}

function pauseMs(seconds: unknown): number {
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds * 1000, LONGEST_PAUSE_MS) : 0
}

// Nobody may silence a device for weeks, and timers of Node.js end at 24 days.
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000

function firstOf(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'string' ? field : field?.[0]
}
