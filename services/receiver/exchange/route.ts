import type { DeviceName, Tag } from '@ipupdater/protocol'
import { parseSignedRequest, signAnswer } from '@ipupdater/protocol'
import { answerProblem, notesOf } from '@ipupdater/web'
import type { Context } from 'koa'
import type { Events } from '../report/events.ts'
import { readBody } from '../report/read-body.ts'
import { storageProblem } from '../report/storage-problem.ts'
import type { Source } from '../source/client-address.ts'
import { sourceText } from '../source/client-address.ts'
import type { RateLimits } from '../source/rate-limits.ts'
import { limitKey } from '../source/rate-limits.ts'
import type { AuthenticatedDevice, SecretsOf } from './authenticate.ts'
import { authenticate } from './authenticate.ts'

export interface ExchangeRouteDeps {
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  readonly sourceOf: (request: Context['req']) => Source
  readonly secretsOf: SecretsOf
  readonly limits: Pick<RateLimits, 'consumeUnauthenticated'>
  readonly events: Pick<Events, 'refused'>
}

/** Returns the body of the answer to an authenticated device. */
export type Answer = (device: AuthenticatedDevice, source: Source) => string | Promise<string>

/**
 * What both requests of the signed protocol share: it authenticates the device and signs the answer.
 * Refusals are signed too once the signature holds, because the device believes no unsigned answer.
 */
export function exchangeRoute(
  tag: Tag,
  answer: Answer,
  deps: ExchangeRouteDeps,
): (ctx: Context) => Promise<void> {
  return async ctx => {
    const source = deps.sourceOf(ctx.req)
    const prefix = limitKey(source)
    let device: AuthenticatedDevice | null = null
    let body: string
    try {
      device = await identify(ctx, tag, prefix, deps)
      body = await answer(device, source)
      ctx.set('Content-Type', 'application/json') // first: otherwise Koa guesses a type when the body is set
      ctx.body = body
    } catch (error) {
      body = answerProblem(ctx, storageProblem(error))
      const notes = notesOf(ctx)
      notes.logSource = prefix
      notes.logFields = { device: device?.request.device, source: sourceText(source) }
      if (notes.problem !== undefined) deps.events.refused(notes.problem.code)
    }
    if (device !== null) sign(ctx, body, device, deps)
  }
}

/** Size, shape, signature, in this order. */
async function identify(
  ctx: Context,
  tag: Tag,
  prefix: string,
  { limits, secretsOf }: ExchangeRouteDeps,
): Promise<AuthenticatedDevice> {
  let name: DeviceName | null = null
  try {
    const body = await readBody(ctx.req)
    const request = parseSignedRequest({ method: ctx.method, headers: ctx.req.headers, body }, tag)
    name = request.device
    return authenticate(request, secretsOf)
  } catch (error) {
    // Not before the signature is verified: a message whose signature holds never meets this budget.
    limits.consumeUnauthenticated(prefix, name)
    throw error
  }
}

function sign(
  ctx: Context,
  body: string,
  device: AuthenticatedDevice,
  { now, randomBytes }: ExchangeRouteDeps,
): void {
  const created = Math.floor(now() / 1000)
  const nonce = randomBytes(16).toString('base64url')
  const signer = { secret: device.secret, created, nonce }
  ctx.set(signAnswer({ status: ctx.status, body }, device.request, signer))
}
