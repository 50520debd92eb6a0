import type { Duplex } from 'node:stream'
import type { ProblemCode } from '@ipupdater/protocol'
import { encodeProblem, PROBLEMS } from '@ipupdater/protocol'
import { problemType } from './answer-problem.ts'

/**
 * Answers what is not even an HTTP request, or came too slowly or too large to become one: the parser has given
 * up, so there is no response object, and the connection ends with this.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (socket.writable) socket.end(rawAnswer(codesOfParserErrors[error.code ?? ''] ?? 'malformed'))
  else socket.destroy()
}

/** The parser's own names: https://nodejs.org/api/http.html#event-clienterror, llhttp's HPE_…. */
const codesOfParserErrors: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'timeout',
  HPE_HEADER_OVERFLOW: 'too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'too-large',
}

function rawAnswer(code: ProblemCode): string {
  const body = encodeProblem(code)
  return [
    `HTTP/1.1 ${PROBLEMS[code].status} ${code}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
