import type { Tag } from '@ipupdater/protocol'
import { ProtocolError, parseSignedRequest, signAnswer } from '@ipupdater/protocol'
import { StorageError } from '@ipupdater/storage'
import { answerProblem, notesOf } from '@ipupdater/web'
import type { Context } from 'koa'
import type { Caller, SecretsOf } from './caller.ts'
import { authenticate } from './caller.ts'
import type { Journal } from './journal.ts'
import { limitKey } from './limit-key.ts'
import type { Limits } from './limits.ts'
import { readBody } from './read-body.ts'
import type { Source } from './source-address.ts'

export interface ExchangeRouteDeps {
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  readonly sourceOf: (request: Context['req']) => Source
  readonly secretsOf: SecretsOf
  readonly limits: Limits
  readonly journal: Journal
}

/**
 * What both requests share: who asks is found out here, what to answer is the use case's, which returns the
 * body. From the moment the signature holds every answer is signed, refusals too: the device believes no other.
 */
export function exchangeRoute(
  tag: Tag,
  answer: (caller: Caller) => string | Promise<string>,
  deps: ExchangeRouteDeps,
): (ctx: Context) => Promise<void> {
  return async ctx => {
    const source = deps.sourceOf(ctx.req)
    const prefix = limitKey(source)
    let caller: Caller | null = null
    let body: string
    try {
      caller = await identify(ctx, tag, source, prefix, deps)
      body = await answer(caller)
      ctx.set('Content-Type', 'application/json') // before the body, for which Koa would else look one up
      ctx.body = body
    } catch (error) {
      body = answerProblem(ctx, problemOf(error))
      const notes = notesOf(ctx)
      notes.quotaKey = prefix
      notes.logFields = { device: caller?.request.device, source: sourceText(source) }
      if (notes.problem !== undefined) deps.journal.refused(notes.problem.code)
      if (isCallersFault(ctx.status)) await deps.limits.chargeFailure(prefix)
    }
    if (caller !== null) sign(ctx, body, caller, deps)
  }
}

/** Size, shape, signature: in this order, and each limit before the work that it guards. */
async function identify(
  ctx: Context,
  tag: Tag,
  source: Source,
  prefix: string,
  { limits, secretsOf }: ExchangeRouteDeps,
): Promise<Caller> {
  await limits.admitSource(prefix)
  const body = await readBody(ctx.req)
  const request = parseSignedRequest({ method: ctx.method, headers: ctx.req.headers, body }, tag)
  await limits.admitName(request.device, prefix)
  try {
    return authenticate(request, source, secretsOf)
  } catch (error) {
    await limits.chargeName(request.device, prefix)
    throw error
  }
}

function sign(ctx: Context, body: string, caller: Caller, { now, randomBytes }: ExchangeRouteDeps): void {
  const created = Math.floor(now() / 1000)
  const nonce = randomBytes(16).toString('base64url')
  ctx.set(signAnswer({ status: ctx.status, body }, caller.request, { secret: caller.secret, created, nonce }))
}

/** The room's own faults, as they are told outside; the log gets the cause. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error
  if (error.code === 'closed')
    return new ProtocolError('stopping', 'the database is closed already', { cause: error })
  return new ProtocolError('storage-unavailable', `the database does not take the update: ${error.code}`, {
    cause: error,
    extra: { retryAfter: 10 },
  })
}

/** Not the ones that say "try later": a limit that feeds itself would never end, and our faults are ours. */
function isCallersFault(status: number): boolean {
  return status < 500 && status !== 429
}

function sourceText(source: Source): string {
  return 'unclear' in source ? 'unclear' : source.address
}
