import { ProtocolError, quote } from '@ipupdater/protocol'
import type { Context } from 'koa'
import type { Format } from '../render/format.ts'
import { FORMATS } from '../render/format.ts'

/**
 * The format that a request asks for, out of those that are offered: by `?format=`, otherwise by Accept. If Accept
 * leaves it open, as curl does, the first one is taken. Browsers name text/html.
 *
 * @throws ProtocolError `bad-query`, `not-acceptable`
 */
export function formatOf(ctx: Context, offered: readonly Format[]): Format {
  const named = ctx.query.format
  if (named === undefined) return accepted(ctx, offered)
  const format = offered.find(candidate => candidate === named)
  if (format !== undefined) return format
  throw new ProtocolError(
    'bad-query',
    `format=${quote(String(named))} is not offered here. Use: ${offered.join(', ')}.`,
  )
}

/** @throws ProtocolError `not-acceptable` */
export function accepted(ctx: Context, offered: readonly Format[]): Format {
  const accept = ctx.get('Accept')
  const candidates = accept.includes('*/*') && isCommandLineTool(ctx) ? withoutPages(offered) : offered
  const mediaType = ctx.accepts(candidates.flatMap(acceptable))
  const format = candidates.find(candidate => acceptable(candidate).includes(String(mediaType)))
  if (format !== undefined) return format
  const mediaTypes = offered.map(candidate => FORMATS[candidate].mediaType).join(', ')
  throw new ProtocolError('not-acceptable', `Accept is ${quote(accept)}. Offered are: ${mediaTypes}.`)
}

/** "application/json; charset=utf-8" asks for JSON too: a parameter must match, so it is offered as well. */
function acceptable(format: Format): string[] {
  const { mediaType } = FORMATS[format]
  return [mediaType, `${mediaType}; charset=utf-8`]
}

/** Some of them (wget2) send a browser's Accept. Its wildcard says that text is just as welcome. */
export function isCommandLineTool(ctx: Context): boolean {
  return /^(curl|wget|httpie|xh|fetch|libfetch|aria2|lwp-request)\b/i.test(ctx.get('User-Agent'))
}

function withoutPages(offered: readonly Format[]): Format[] {
  return offered.filter(candidate => candidate !== 'html')
}
