import { ProtocolError } from '@ipupdater/protocol'
import type { Context, Middleware } from 'koa'
import type { Answer } from './answer-cache.ts'
import { createAnswerCache } from './answer-cache.ts'
import { isHeld } from './entity-tag.ts'
import { isCommandLineTool } from './negotiate.ts'

export interface KeepAnswersOptions {
  /** Of the data: differs if they may differ. */
  readonly version: () => Promise<string>
  readonly now: () => number
  readonly maxBytes: number
}

/**
 * An HTTP cache before the routes (RFC 9111 §4), keyed by the URL and by the fields that Vary names. It asks for the
 * version of the data at every request and gives an answer again only while that is the same, so nobody ever sees an
 * old address; and for a minute at most, so nobody sees an old age. What comes after it may be slow, and finds the
 * version in `ctx.state.version`.
 */
export function keepAnswers({ version, now, maxBytes }: KeepAnswersOptions): Middleware {
  const cached = createAnswerCache(maxBytes)
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next()
    // Asked before the data is read: an answer is of this version or of a later one, never of an earlier.
    const seen = await version()
    ctx.state.version = seen
    const generation = `${seen}.${Math.floor(now() / 60_000)}`
    const answer = await cached(generation, keyOf(ctx), async () => {
      await next()
      return answerOf(ctx)
    })
    give(ctx, answer)
  }
}

const served = 'the viewer has /, /getip, /getip/DEVICE, /history and /history/DEVICE'

/** Of User-Agent only what matters to the choice of a representation: else every browser would have its own entries. */
function keyOf(ctx: Context): string {
  return `${isCommandLineTool(ctx) ? 'tool' : ''} ${ctx.headers.accept ?? ''} ${ctx.url}`
}

function answerOf({ response }: Context): Answer {
  if (response.body === undefined) throw new ProtocolError('not-found', served)
  const { 'content-length': _, ...headers } = response.headers as Record<string, string> // comes with the body
  const text = String(response.body)
  // A short text leaves in one piece with its header; a long one is encoded once, not at each answer.
  return { headers: Object.entries(headers), body: text.length < 1_000 ? text : Buffer.from(text) }
}

function give(ctx: Context, { headers, body }: Answer): void {
  for (const [name, value] of headers) ctx.res.setHeader(name, value)
  const held = ctx.headers['if-none-match']
  if (held !== undefined && isHeld(ctx.response.get('ETag'), held)) ctx.status = 304
  else ctx.body = body
}
