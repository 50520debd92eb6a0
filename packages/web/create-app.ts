import type { IncomingMessage } from 'node:http'
import { ProtocolError } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { Context, Next } from 'koa'
import Koa from 'koa'
import { answerProblem } from './answer-problem.ts'
import { createRequestLog } from './request-log.ts'

/**
 * A Koa app in which every error, and every path or method that nobody serves, is answered with a problem,
 * and in which every request is logged once, after its answer is known.
 */
export function createApp({ log, now = () => performance.now() }: { log: Log; now?: () => number }): Koa {
  const app = new Koa()
  const logRequest = createRequestLog(log, now)

  // Errors that come when the answer has already begun: mostly, that the other side has gone.
  app.on('error', (error: unknown) => log.debug('answer not delivered', { error }))

  app.use(async (ctx: Context, next: Next) => {
    const beganMs = now()
    try {
      await next()
      if (ctx.body === undefined) refuseUnserved(ctx)
    } catch (error) {
      answerProblem(ctx, error)
    }
    if (isStillComing(ctx.req)) endWithAnswer(ctx)
    logRequest(ctx, beganMs)
  })
  return app
}

/** Whether more of the body is to come than can be in a moment. */
function isStillComing({ complete, headers }: IncomingMessage): boolean {
  return !complete && !(Number(headers['content-length']) <= 65_536)
}

/**
 * Node would read on for as long as a request may take, and still does while it ends a connection politely; a body
 * in chunks of a byte costs it a microsecond each.
 */
function endWithAnswer({ req, res }: Context): void {
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
