import { ProtocolError, quote } from '@ipupdater/protocol'
import type { Context } from 'koa'
import type { Representation } from '../render/representation.ts'
import { mediaTypes } from '../render/representation.ts'

/**
 * The representation that a request asks for, out of those on offer: by `?format=`, else by Accept. An Accept
 * that leaves it open (as curl's wildcard does, or none at all) gets text, the first on offer; browsers name
 * text/html.
 *
 * @throws ProtocolError `bad-query`, `not-acceptable`
 */
export function representationOf(ctx: Context, offered: readonly Representation[]): Representation {
  const named = ctx.query.format
  if (named !== undefined) return byName(named, offered)
  const accept = ctx.get('Accept')
  const candidates = accept.includes('*/*') && isCommandLineTool(ctx) ? withoutPages(offered) : offered
  const accepted = ctx.accepts(candidates.map(candidate => mediaTypes[candidate]))
  const found = candidates.find(candidate => mediaTypes[candidate] === accepted)
  if (found !== undefined) return found
  const wanted = offered.map(candidate => mediaTypes[candidate]).join(', ')
  throw new ProtocolError('not-acceptable', `Accept is ${quote(accept)}; on offer are ${wanted}`)
}

function byName(name: string | string[], offered: readonly Representation[]): Representation {
  const found = offered.find(candidate => candidate === name)
  if (found !== undefined) return found
  throw new ProtocolError(
    'bad-query',
    `format is ${quote(String(name))}; here it is one of ${offered.join(', ')}`,
  )
}

/** Some of them (wget2) send a browser's Accept; its wildcard says that they take text just as well. */
export function isCommandLineTool(ctx: Context): boolean {
  return /^(curl|wget|httpie|xh|fetch|libfetch|aria2|lwp-request)\b/i.test(ctx.get('User-Agent'))
}

function withoutPages(offered: readonly Representation[]): Representation[] {
  return offered.filter(candidate => candidate !== 'html')
}
