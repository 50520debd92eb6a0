import type { Duplex } from 'node:stream'
import type { ProblemCode, ProblemMember } from '@ipupdater/protocol'
import { encodeProblem, isProblemCode, PROBLEMS, ProtocolError } from '@ipupdater/protocol'
import type { Context } from 'koa'
import { notesOf, requestId } from './request-notes.ts'

export const problemType = 'application/problem+json'

/**
 * Answers with the problem that `error` stands for (RFC 9457) and returns the body, for a service that signs it.
 * The code and the message of a ProtocolError are published; of any other error only the request id is.
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

/**
 * Answers a message that is not an HTTP request, or came too slowly or too large to become one. The parser has
 * given up, so there is no response object, and the connection closes after the answer.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const code = codesOfParserErrors[error.code ?? ''] ?? 'malformed'
  const body = encodeProblem(code)
  const head = [
    `HTTP/1.1 ${PROBLEMS[code].status} ${code}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

interface PublicPart {
  code: ProblemCode
  detail?: string
  extra?: Readonly<Record<string, ProblemMember>>
}

function problemOf(error: unknown): PublicPart {
  if (error instanceof ProtocolError && isProblemCode(error.code)) {
    return { code: error.code, detail: error.message, extra: error.extra }
  }
  const status = clientErrorStatus(error)
  return { code: status === null ? 'internal' : (codesOfStatuses[status] ?? 'malformed') }
}

/** Koa, its router and raw-body throw errors with a 4xx status if the client is at fault. */
function clientErrorStatus(error: unknown): number | null {
  if (!(error instanceof Error && 'status' in error && typeof error.status === 'number')) return null
  return error.status >= 400 && error.status < 500 ? error.status : null
}

const codesOfStatuses: Readonly<Record<number, ProblemCode>> = {
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'timeout',
  413: 'too-large',
  429: 'rate-limited',
}

/** https://nodejs.org/api/http.html#event-clienterror, and llhttp's HPE_… codes. */
const codesOfParserErrors: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'timeout',
  HPE_HEADER_OVERFLOW: 'too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'too-large',
}
