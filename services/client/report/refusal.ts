import type { FieldLines, Problem } from '@ipupdater/protocol'
import { parseProblem, quote } from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import type { Answer } from '../http.ts'
import { localAdvice } from '../local-advice.ts'

/**
 * Throws unless the answer is a success that the server has signed. An unsigned answer is never a success; what
 * it says is passed on as a hint that anyone on the path could have written. `url` is what was asked for.
 */
export function assertNotRefused(answer: Answer, isSigned: boolean, url: URL): void {
  const isSuccess = answer.status >= 200 && answer.status < 300
  if (isSigned && isSuccess) return
  const problem = parseProblem(answer.body.toString())
  if (isSigned) {
    // A newer server may sign a refusal with a code that this version does not know.
    if (problem === null) throw new ClientError('answer-unknown', { detail: `status ${answer.status}` })
    // The body is signed, the header field Retry-After is not.
    throw refusedBy(problem, problem.detail, pauseMs(problem.extra.retryAfter), url)
  }
  const retryAfterMs = retryAfterOf(answer.headers)
  if (problem !== null && !isSuccess && problem.mayBeUnsigned) {
    const hint = 'the answer is not signed, so anyone on the path may have sent it'
    const detail = problem.detail === undefined ? hint : `${problem.detail}; ${hint}`
    throw refusedBy(problem, detail, retryAfterMs, url)
  }
  if (problem !== null) throw new ClientError('answer-unsigned', { detail: `it says "${problem.title}"` })
  throw foreignAnswer(answer, retryAfterMs, url)
}

function refusedBy(
  { code }: Problem,
  detail: string | undefined,
  retryAfterMs: number,
  url: URL,
): ClientError {
  const details = detail === undefined ? {} : { detail }
  // Whether this client runs in a container does not matter: the server was reached.
  const advice = code === 'not-found' ? baseAdvice(url) : localAdvice(code, url, false)
  return new ClientError(code, { ...details, retryAfterMs, ...advice })
}

/** The error for an answer that no ipupdater server has written. */
function foreignAnswer({ status, headers, body }: Answer, retryAfterMs: number, url: URL): ClientError {
  const detail = `status ${status}`
  if (status >= 300 && status < 400) return new ClientError('redirected', redirectTo(headers, detail, url))
  // RFC 6585 §6: a captive portal announces itself with this status; no server has failed.
  if (status === 511) return new ClientError('captive-portal', { detail })
  if (status === 429) return new ClientError('proxy-busy', { detail, retryAfterMs })
  if (status >= 500) return new ClientError('proxy-failed', { detail, retryAfterMs })
  if (status === 400 && EXPECTS_TLS.test(body.toString('latin1'))) {
    return new ClientError('https-port', { detail })
  }
  if (status >= 400) return new ClientError('not-our-server', { detail, ...baseAdvice(url) })
  const isPage = /^text\/html\b/i.test(firstOf(headers['content-type']) ?? '')
  return new ClientError(isPage ? 'captive-portal' : 'answer-unsigned', { detail })
}

/** For a SERVER_URL that ends with a path that this client appends itself. */
function baseAdvice(url: URL): { advice?: string } {
  const [, base, extra] = /^(.*)\/(ip|update)\/(?:ip|update)$/.exec(url.pathname) ?? []
  if (extra === undefined) return {}
  return {
    advice: `Leave /${extra} out of SERVER_URL: use ${url.origin}${base}. The client appends the path.`,
  }
}

// What nginx, Apache and servers in Go answer in the clear on a port with TLS.
const EXPECTS_TLS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled|HTTP request to an HTTPS server/i

/** A redirect of `/ip` or `/update` to another base names that base, as it belongs into SERVER_URL. */
function redirectTo(headers: FieldLines, status: string, url: URL): { detail: string; advice?: string } {
  const location = firstOf(headers.location)
  if (location === undefined) return { detail: status }
  const detail = `${status} to ${quote(location)}`
  const path = url.pathname.slice(url.pathname.lastIndexOf('/'))
  if (!URL.canParse(location, url.href)) return { detail }
  const target = new URL(location, url)
  if (!/^https?:$/.test(target.protocol) || !target.pathname.endsWith(path)) return { detail }
  const base = quote(`${target.origin}${target.pathname.slice(0, -path.length)}`).slice(1, -1)
  return {
    detail,
    advice: `If that server is yours, use SERVER_URL=${base}. Otherwise log in to this network with a browser first.`,
  }
}

/** RFC 9110 §10.2.3, in seconds. The form with a date needs a clock that is right, and ours may be wrong. */
function retryAfterOf(headers: FieldLines): number {
  const text = firstOf(headers['retry-after']) ?? ''
  return /^\d{1,9}$/.test(text) ? pauseMs(Number(text)) : 0
}

function pauseMs(seconds: unknown): number {
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds * 1000, LONGEST_PAUSE_MS) : 0
}

// A longer Retry-After must not stop a device for weeks, and a timer of Node.js is limited to 24 days.
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000

function firstOf(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'string' ? field : field?.[0]
}
