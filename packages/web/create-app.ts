import type { IncomingMessage } from 'node:http'
import { ProtocolError } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { Context, Next } from 'koa'
import Koa from 'koa'
import { answerProblem } from './problems.ts'
import { createRequestLog } from './request-log.ts'

/** The longest path with query. The longest that the services themselves link to has some 250 characters. */
export const MAX_URL_LENGTH = 2048

/**
 * A Koa app that answers every error, and every path or method that is not served, with a problem, and that logs
 * every request once, after its answer is known.
 */
export function createApp({ log, now = () => performance.now() }: { log: Log; now?: () => number }): Koa {
  const app = new Koa()
  const logRequest = createRequestLog(log, now)

  // Errors after the answer has begun. Mostly the client has closed the connection.
  app.on('error', (error: unknown) => log.debug('answer not delivered', { error }))

  app.use(async (ctx: Context, next: Next) => {
    const startedMs = now()
    try {
      assertShortUrl(ctx.url)
      await next()
      if (ctx.body === undefined) refuseUnserved(ctx)
    } catch (error) {
      answerProblem(ctx, error)
    }
    if (isStillReceiving(ctx.req)) closeAfterAnswer(ctx)
    logRequest(ctx, startedMs)
  })
  return app
}

/** First of all, because an error page repeats a part of the path in every link. */
function assertShortUrl(url: string): void {
  if (url.length <= MAX_URL_LENGTH) return
  const detail = `The path with its query has ${url.length} characters; at most ${MAX_URL_LENGTH} are accepted.`
  throw new ProtocolError('too-large', detail)
}

/** Whether more of the body will come than can arrive in a moment. */
function isStillReceiving({ complete, headers }: IncomingMessage): boolean {
  return !complete && !(Number(headers['content-length']) <= 65_536)
}

/**
 * Otherwise Node would read the rest of the body until the request times out, even while it closes the connection
 * gracefully. A body in chunks of one byte costs it a microsecond each.
 */
function closeAfterAnswer({ req, res }: Context): void {
  res.setHeader('Connection', 'close')
  res.once('finish', () => req.socket.destroy())
}

/** Koa and its router leave such requests with a status and without a body. */
function refuseUnserved(ctx: Context): void {
  if (ctx.status === 404) {
    answerProblem(ctx, new ProtocolError('not-found', 'nothing is served under this path'))
  } else if (ctx.status === 405 || ctx.status === 501) {
    const allowed = String(ctx.response.get('Allow'))
    answerProblem(ctx, new ProtocolError('method-not-allowed', `this path takes ${allowed}`))
  }
}
