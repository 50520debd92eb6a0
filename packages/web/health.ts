import { ProtocolError } from '@ipupdater/protocol'
import type { Context, Middleware, Next } from 'koa'
import { notesOf } from './request-notes.ts'

export interface HealthOptions {
  /** Resolves if the program can do its work. Otherwise rejects with the error that /readyz answers. */
  check: () => Promise<void>
  /** Aborted once the program is asked to stop: then it is alive, but no longer ready. */
  stop?: AbortSignal
  now?: () => number
}

/**
 * `GET /healthz`: the program is alive. `GET /readyz`: it can do its work; otherwise the problem that prevents it.
 * They say no more than that, because anyone may ask. The check runs at most once a second, however many ask.
 */
export function healthRoutes({ check, stop, now = () => performance.now() }: HealthOptions): Middleware {
  const ready = shared(check, 1_000, now)
  let lastFailure: string | null = null

  /** A failure is news once: whoever polls would fill the log with it. */
  const report = async (ctx: Context) => {
    try {
      await ready()
      lastFailure = null
    } catch (error) {
      const failure = String(error)
      notesOf(ctx).isRepeated = failure === lastFailure
      lastFailure = failure
      throw error
    }
  }

  const answer = async (ctx: Context) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD')
      throw new ProtocolError('method-not-allowed', 'this path takes GET, HEAD')
    }
    ctx.set('Cache-Control', 'no-store')
    if (ctx.path === '/healthz') {
      ctx.body = { status: 'alive' }
      return
    }
    if (stop?.aborted) throw new ProtocolError('stopping', 'the server is stopping')
    await report(ctx)
    ctx.body = { status: 'ready' }
  }
  return (ctx: Context, next: Next) =>
    ctx.path === '/healthz' || ctx.path === '/readyz' ? answer(ctx) : next()
}

/** Those who ask while the check runs, or within `forMs` after it, get the same outcome. */
function shared(check: () => Promise<void>, forMs: number, now: () => number): () => Promise<void> {
  let outcome: Promise<void> | undefined
  let until = Number.NEGATIVE_INFINITY
  return () => {
    if (outcome === undefined || now() >= until) {
      until = Number.POSITIVE_INFINITY // while it runs
      outcome = check().finally(() => {
        until = now() + forMs
      })
    }
    return outcome
  }
}
