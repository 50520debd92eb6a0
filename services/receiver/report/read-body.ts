import type { IncomingMessage } from 'node:http'
import readRaw from 'raw-body'

/** The messages of this protocol stay under 200 bytes; the limit leaves room for what later versions add. */
export const MAX_BODY_BYTES = 8 * 1024

/**
 * The body, byte for byte, read once.
 *
 * @throws an error with `status` 413 where it is too large (what is announced too large is not read at all),
 * or 400 where it ends early
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return readRaw(request, {
    limit: MAX_BODY_BYTES,
    length: request.headers['content-length'] ?? null,
  })
}
