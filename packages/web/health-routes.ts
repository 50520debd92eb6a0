import type { ProblemCode } from '@ipupdater/protocol'
import { isProblemCode, ProtocolError } from '@ipupdater/protocol'
import type { Context, Middleware, Next } from 'koa'

/** Resolves when all is well, with a fact to show if there is one (such as the age of the data); else rejects. */
export type Check = () => Promise<string | number | boolean | undefined>

export interface HealthOptions {
  /** By name, as the answer shows them; each runs for /readyz only. */
  checks: Readonly<Record<string, Check>>
  /** Aborted once the program is asked to stop: then it is alive, but no longer ready. */
  stop?: AbortSignal
  now?: () => number
}

/**
 * `GET /healthz`: the program is alive, whatever else may be wrong. `GET /readyz`: it can do its work, with each
 * check by name; 503 otherwise. Anyone may ask, so the checks run at most once a second, however many ask.
 */
export function healthRoutes({ checks, stop, now = () => performance.now() }: HealthOptions): Middleware {
  const readiness = shared(() => runChecks(checks), 1_000, now)
  const answer = async (ctx: Context) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD')
      throw new ProtocolError('method-not-allowed', `this path takes GET, HEAD`)
    }
    ctx.set('Cache-Control', 'no-store')
    if (ctx.path === '/healthz') ctx.body = { status: 'alive' }
    else if (stop?.aborted) throw new ProtocolError('stopping', 'the server has been asked to stop')
    else ctx.body = readyBody(await readiness())
  }
  return (ctx: Context, next: Next) =>
    ctx.path === '/healthz' || ctx.path === '/readyz' ? answer(ctx) : next()
}

interface Readiness {
  /** The first failure, if any. */
  failure: { code: ProblemCode; cause: unknown } | null
  facts: Record<string, string | number | boolean>
}

/** @throws ProtocolError with the code of the first failure */
function readyBody({ failure, facts }: Readiness): Record<string, string | number | boolean> {
  if (failure === null) return { status: 'ready', ...facts }
  const { code, cause } = failure
  throw new ProtocolError(code, 'the server is alive but not ready', { extra: facts, cause })
}

async function runChecks(checks: HealthOptions['checks']): Promise<Readiness> {
  const readiness: Readiness = { failure: null, facts: {} }
  const run = async ([name, check]: [string, Check]) => {
    try {
      readiness.facts[name] = (await check()) ?? 'ok'
    } catch (error) {
      const code = codeOf(error)
      readiness.facts[name] = code
      readiness.failure ??= { code: isProblemCode(code) ? code : 'storage-unavailable', cause: error }
    }
  }
  await Promise.all(Object.entries(checks).map(run))
  return readiness
}

/** The code of the room's own error; its message may name paths and is for the log. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed'
}

/** Those who ask while an answer is being found, or soon after, get the same answer. */
function shared<T>(find: () => Promise<T>, forMs: number, now: () => number): () => Promise<T> {
  let found: Promise<T> | undefined
  let until = Number.NEGATIVE_INFINITY
  return () => {
    if (found === undefined || now() >= until) {
      until = Number.POSITIVE_INFINITY // while it runs
      found = find().finally(() => {
        until = now() + forMs
      })
    }
    return found
  }
}
