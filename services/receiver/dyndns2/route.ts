import type { DeviceName, Receipt } from '@ipupdater/protocol'
import { ProtocolError } from '@ipupdater/protocol'
import { answerProblem, notesOf } from '@ipupdater/web'
import type { Context, Middleware } from 'koa'
import type { Events } from '../report/events.ts'
import { storageProblem } from '../report/storage-problem.ts'
import type { Source } from '../source/client-address.ts'
import { sourceText } from '../source/client-address.ts'
import type { RateLimits } from '../source/rate-limits.ts'
import { limitKey } from '../source/rate-limits.ts'
import type { Word } from './answer.ts'
import { recordedLine, WORDS } from './answer.ts'
import type { AuthenticatedRouter, FindPasswordDevice } from './credentials.ts'
import { accountOf, authenticate, readCredentials } from './credentials.ts'
import { readParameters } from './parameters.ts'
import type { RecordAddresses } from './record-addresses.ts'
import type { UpdateRequest } from './request.ts'
import { isHostnameOf, readUpdateRequest } from './request.ts'

export interface DynDns2RouteDeps {
  readonly sourceOf: (request: Context['req']) => Source
  readonly cameOverTls: (request: Context['req']) => boolean
  /** DYNDNS2_PLAINTEXT: passwords are taken over plain HTTP too. */
  readonly allowPlaintext: boolean
  readonly findPasswordDevice: FindPasswordDevice
  /** Its own budgets: what happens here takes nothing from devices that sign. */
  readonly limits: Pick<RateLimits, 'consumeUnauthenticated'>
  readonly record: RecordAddresses
  /** A device has used the newest of its two passwords. */
  readonly endRotation: (device: DeviceName) => void
  readonly events: Pick<Events, 'refused'>
}

/**
 * The update request of dyndns2, which routers and ddclient speak. The answer is text, a line for each hostname; a
 * request that fails as a whole gets one word. See docs/routers.md.
 */
export function dynDns2Route(deps: DynDns2RouteDeps): Middleware {
  return async ctx => {
    if (ctx.method === 'HEAD') return ctx.throw(405) // the router takes HEAD for GET, and asking must not record
    const source = deps.sourceOf(ctx.req)
    const notes = notesOf(ctx)
    notes.logSource = limitKey(source)
    notes.logFields = { source: sourceText(source) }
    try {
      const router = identify(ctx, source, deps)
      notes.logFields = { ...notes.logFields, device: router.device }
      answer(ctx, await update(ctx, router, source, deps))
    } catch (error) {
      refuse(ctx, error, deps)
    }
  }
}

/** @throws ProtocolError `not-authenticated` or `rate-limited` */
function identify(ctx: Context, source: Source, deps: DynDns2RouteDeps): AuthenticatedRouter {
  if (!deps.allowPlaintext && !deps.cameOverTls(ctx.req)) {
    deps.limits.consumeUnauthenticated(limitKey(source), null)
    throw new ProtocolError(
      'not-authenticated',
      'a password came over plain HTTP: use https, and let the proxy set X-Forwarded-Proto',
    )
  }
  const credentials = readCredentials(ctx.get('authorization'))
  const router = credentials && authenticate(credentials, deps.findPasswordDevice)
  if (router !== null) return router
  // Only after the password was checked: a right password never meets these budgets, of the source and of the account.
  deps.limits.consumeUnauthenticated(limitKey(source), credentials && accountOf(credentials.user))
  ctx.set('WWW-Authenticate', 'Basic realm="ipupdater", charset="UTF-8"')
  throw new ProtocolError('not-authenticated', 'the user name or the password is missing or wrong')
}

/** @throws ProtocolError, StorageError */
async function update(
  ctx: Context,
  router: AuthenticatedRouter,
  source: Source,
  deps: DynDns2RouteDeps,
): Promise<readonly string[]> {
  const request: UpdateRequest = readUpdateRequest(await readParameters(ctx.req, ctx.querystring))
  if ('fault' in request) return [request.fault]
  const isOwn = (hostname: string) => isHostnameOf(router.device, hostname)
  if (!request.hostnames.some(isOwn)) return request.hostnames.map(() => 'nohost')
  const receipts: readonly Receipt[] = await deps.record(router, request.given, source)
  if (router.endsRotation) deps.endRotation(router.device)
  return request.hostnames.map(hostname => (isOwn(hostname) ? recordedLine(receipts) : 'nohost'))
}

function answer(ctx: Context, lines: readonly string[], status = 200): void {
  ctx.status = status
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'text/plain; charset=utf-8'
  ctx.body = `${lines.join('\n')}\n` // a string, so that Koa sets Content-Length: some routers cannot read chunks
}

function refuse(ctx: Context, error: unknown, { events }: DynDns2RouteDeps): void {
  answerProblem(ctx, storageProblem(error)) // records the cause for the log
  const code = notesOf(ctx).problem?.code
  if (code !== undefined) events.refused(code)
  const word = WORD_OF[code ?? ''] ?? '911'
  answer(ctx, [word], WORDS[word])
}

const WORD_OF: Readonly<Record<string, Word>> = {
  'not-authenticated': 'badauth',
  'rate-limited': 'abuse',
}
