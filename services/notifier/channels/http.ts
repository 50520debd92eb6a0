import { checkServerIdentity } from 'node:tls'
import got, { RequestError, TimeoutError } from 'got'
import type { Outcome } from './channel.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** May contain a user and a password, which are sent as Basic authentication. */
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Finds the 2xx answers that mean a failure; null: delivered. */
export type ReadBody = (body: string) => string | null

/** Sends one request. Delivered means a 2xx answer. No redirects: a secret must not follow one to another server. */
export type Send = (request: HttpRequest, signal: AbortSignal, refusalIn?: ReadBody) => Promise<Outcome>

export function httpSender({ now, timeoutMs = TIMEOUT_MS }: { now: () => number; timeoutMs?: number }): Send {
  return async ({ method, url, headers, body }, signal, refusalIn = () => null) => {
    const overflow = new AbortController()
    const request = got(url, {
      method,
      headers: { 'user-agent': 'ipupdater-notifier', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, overflow.signal]),
      timeout: { request: timeoutMs },
      throwHttpErrors: false,
      followRedirect: false,
      retry: { limit: 0 },
      // Otherwise got loads node:tls for plain HTTP too.
      https: { checkServerIdentity: (host, certificate) => checkServerIdentity(host, certificate) },
    })
    request.on('downloadProgress', ({ transferred }) => {
      if (transferred > MAX_ANSWER_BYTES) overflow.abort()
    })
    try {
      const answer = await request
      return outcomeOf(answer.statusCode, answer.headers['retry-after'], answer.body, refusalIn, now())
    } catch (error) {
      if (overflow.signal.aborted) return { kind: 'failed', reason: 'the answer is longer than 64 KiB' }
      return { kind: 'failed', reason: transportReason(error) }
    }
  }
}

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024

function outcomeOf(
  status: number,
  retryAfter: string | undefined,
  body: string,
  refusalIn: ReadBody,
  now: number,
): Outcome {
  const detail = excerpt(body)
  if (status >= 200 && status < 300) {
    const refusal = refusalIn(body)
    if (refusal === null)
      return { kind: 'delivered', answer: `${status}${detail === '' ? '' : ` ${detail}`}` }
    return { kind: 'failed', reason: `answered ${status}, but refused with "${refusal}"`, detail }
  }
  const retryAfterMs = parseRetryAfter(retryAfter, now)
  return {
    kind: 'failed',
    reason: reasonOf(status),
    detail,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(status === 410 ? { isGone: true } : {}),
  }
}

function reasonOf(status: number): string {
  if (status >= 300 && status < 400)
    return `answered ${status}; redirects are not followed, set the final URL`
  return `answered ${status}`
}

/** RFC 9110 §10.2.3: seconds, or an HTTP date. Null: absent or not readable. */
export function parseRetryAfter(text: string | undefined, now: number): number | null {
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = / GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** One line, without control characters. */
function excerpt(body: string): string {
  const line = body.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}

/** By code only: got's own messages can contain the URL. */
function transportReason(error: unknown): string {
  if (error instanceof TimeoutError) return `no answer within ${TIMEOUT_MS / 1000} seconds`
  const code = error instanceof RequestError ? error.code : 'unknown'
  if (Object.hasOwn(REASONS, code)) return REASONS[code as keyof typeof REASONS]
  return /CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)
    ? `no secure connection: the certificate is not trusted (${code})`
    : `no connection (${code})`
}

const REASONS = {
  ENOTFOUND: 'the name of the server does not exist',
  EAI_AGAIN: 'the name of the server cannot be looked up now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'the server cannot be reached',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'the server cannot be reached',
  ERR_ABORTED: 'interrupted by the stop of the notifier',
} as const
