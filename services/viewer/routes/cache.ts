import { ProtocolError } from '@ipupdater/protocol'
import type { Context, Middleware, Next } from 'koa'
import { LRUCache } from 'lru-cache'
import { isCommandLineTool } from './negotiate.ts'

export interface CacheOptions {
  /** Differs if the data may differ. */
  readonly version: () => Promise<string>
  readonly now: () => number
  readonly maxBytes: number
}

/** A finished answer that can be sent again. */
export interface Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** The answer to a request: a kept one, or the one that `next` makes. */
export type Answers = (ctx: Context, next: Next) => Promise<Answer>

/**
 * An HTTP cache in front of the routes (RFC 9111 §4). Its key holds the version of the data, so a changed database
 * is visible at the next request, and the minute, so an age or a late device is at most a minute out of date.
 * Concurrent requests for the same key share one answer. An error is not kept.
 */
export function createAnswers({ version, now, maxBytes }: CacheOptions): Answers {
  const answers = new LRUCache<string, Answer, () => Promise<Answer>>({
    maxSize: maxBytes,
    sizeCalculation: sizeOf,
    fetchMethod: (_key, _stale, { context: make }) => make(),
    // An answer that is evicted while it is being made still reaches those who wait for it.
    ignoreFetchAbort: true,
  })
  return async (ctx, next) => {
    // Read before the data: an answer is of this version or a later one, never of an earlier one.
    const key = `${await version()} ${Math.floor(now() / 60_000)} ${requestKey(ctx)}`
    const make = async () => {
      await next()
      return answerOf(ctx)
    }
    return (await answers.fetch(key, { context: make })) as Answer
  }
}

export function cache(answers: Answers): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next()
    send(ctx, await answers(ctx, next))
    if (ctx.fresh) ctx.status = 304
  }
}

/** The fields that Vary names. Of User-Agent only the part that matters, so that browsers share their entries. */
export function requestKey(ctx: Context): string {
  return `${isCommandLineTool(ctx) ? 'tool' : ''} ${ctx.get('Accept')} ${ctx.url}`
}

const served =
  'The viewer has /, /getip, /getip/DEVICE, /history, /history/DEVICE, /badge/DEVICE.svg and /openapi.json.'

/** @throws ProtocolError `not-found` if no route has answered */
function answerOf({ response }: Context): Answer {
  if (response.body === undefined) throw new ProtocolError('not-found', served)
  const { 'content-length': _, ...headers } = response.headers as Record<string, string>
  const text = String(response.body)
  // A short text is sent in one piece with its header. A long one is encoded once, not for each request.
  return { headers, body: text.length < 1_000 ? text : Buffer.from(text) }
}

export function send(ctx: Context, { headers, body }: Answer): void {
  ctx.set(headers)
  ctx.body = body
}

/** An entry costs more than its text. Without this allowance any number of tiny entries would fit. */
const entryBytes = 1_000

function sizeOf({ body }: Answer, key: string): number {
  return entryBytes + 2 * key.length + Buffer.byteLength(body)
}
