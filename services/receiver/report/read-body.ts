import type { IncomingMessage } from 'node:http'
import readRaw from 'raw-body'

/** Messages have less than 200 bytes. The limit leaves room for later versions. */
export const MAX_BODY_BYTES = 8 * 1024

/**
 * Reads the body once, byte for byte.
 *
 * @throws an error with `status` 413 if the body is too large (a body with a too large Content-Length is not read),
 * or 400 if it ends early
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return readRaw(request, {
    limit: MAX_BODY_BYTES,
    length: request.headers['content-length'] ?? null,
  })
}
