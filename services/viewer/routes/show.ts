import { createHash } from 'node:crypto'
import type { Reader } from '@ipupdater/storage'
import type { Context, Middleware } from 'koa'
import type { Format } from '../render/format.ts'
import { FORMATS } from '../render/format.ts'
import { pageHeaders } from '../render/frame/document.ts'
import type { View } from '../render/view.ts'
import type { ZonedTime } from '../render/zoned-time.ts'
import type { Reading, Representation, Resource } from '../resources/resource.ts'
import { formatOf } from './negotiate.ts'
import { rootFrom } from './root-from.ts'

export interface ShowDeps {
  readonly reader: Reader
  readonly now: () => number
  readonly time: ZonedTime
}

/** Reads the resource and answers in the requested format. */
export function show(resource: Resource, { reader, now, time }: ShowDeps): Middleware {
  const offered = Object.keys(resource) as Format[]
  return async ctx => {
    const format = formatOf(ctx, offered)
    const read = resource[format] as Representation
    const device = ctx.params.device as string | undefined
    const { next, render } = await read(reader, { device, query: ctx.query, time, now: now() })
    const view = viewOf(ctx, now(), time, next)
    ctx.set('Cache-Control', 'no-cache') // a client may keep it, but has to ask whether it still holds
    if (ctx.query.format === undefined) ctx.set('Vary', 'Accept, User-Agent')
    if (view.next !== null) ctx.set('Link', `<${view.next}>; rel="next"`)
    if (format === 'html') ctx.set(pageHeaders)
    ctx.set('Content-Type', FORMATS[format].contentType)
    const content = render(view)
    if (typeof content === 'string') {
      ctx.etag = entityTag(createHash('sha256').update(content).digest('base64url').slice(0, 22))
      ctx.body = content
    } else {
      // A page shows ages, so a cached copy is valid only for the minute in which it was made.
      ctx.etag = entityTag(`${content.tag}.${Math.floor(view.now / 60_000)}`)
      ctx.body = content.markup
    }
  }
}

/** Weak (RFC 9110 §8.8.1), because proxies that compress make a strong tag weak. */
function entityTag(opaque: string): string {
  return `W/"${opaque}"`
}

function viewOf(ctx: Context, now: number, time: ZonedTime, next: Reading['next']): View {
  const link = (changed: Readonly<Record<string, string | null>>) => {
    const query = new URLSearchParams(ctx.querystring)
    for (const [name, value] of Object.entries(changed)) {
      if (value === null) query.delete(name)
      else query.set(name, value)
    }
    return `?${query}`
  }
  return {
    now,
    time,
    root: rootFrom(ctx.path),
    page: ctx.url.slice(1),
    formatLink: format => link({ format }),
    link,
    next: next === null ? null : link(next),
  }
}
