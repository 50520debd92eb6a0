import { createHash } from 'node:crypto'
import type { Reader } from '@ipupdater/storage'
import type { Context, Middleware } from 'koa'
import type { Format } from '../render/format.ts'
import { FORMATS } from '../render/format.ts'
import type { View } from '../render/view.ts'
import type { ZonedTime } from '../render/zoned-time.ts'
import type { Render, Resource } from '../resources/resource.ts'
import { formatOf } from './negotiate.ts'
import { pageHeaders } from './page-headers.ts'
import { rootFrom } from './root-from.ts'

export interface ShowDeps {
  readonly reader: Reader
  readonly now: () => number
  readonly time: ZonedTime
}

/** Reads the resource and answers in the requested format. */
export function show<Data>(resource: Resource<Data>, { reader, now, time }: ShowDeps): Middleware {
  const offered = Object.keys(resource.formats) as Format[]
  return async ctx => {
    const format = formatOf(ctx, offered)
    const render = resource.formats[format] as Render<Data>
    const device = ctx.params.device as string | undefined
    const { data, next } = await resource.read(reader, { device, query: ctx.query, time })
    const view = viewOf(ctx, now(), time, next)
    ctx.set('Cache-Control', 'no-cache') // a client may keep it, but has to ask whether it still holds
    if (ctx.query.format === undefined) ctx.set('Vary', 'Accept, User-Agent')
    if (view.next !== null) ctx.set('Link', `<${view.next}>; rel="next"`)
    if (format === 'html') ctx.set(pageHeaders)
    ctx.set('Content-Type', FORMATS[format].contentType)
    const body = render(data, view)
    ctx.etag = entityTag(body)
    ctx.body = body
  }
}

/** Weak (RFC 9110 §8.8.1), because proxies that compress make a strong tag weak. */
function entityTag(body: string): string {
  return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
}

function viewOf(
  ctx: Context,
  now: number,
  time: ZonedTime,
  next: Readonly<Record<string, string>> | null,
): View {
  const linkWith = (changed: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams(ctx.querystring)
    for (const [name, value] of Object.entries(changed)) query.set(name, value)
    return `?${query}`
  }
  return {
    now,
    time,
    root: rootFrom(ctx.path),
    formatLink: format => linkWith({ format }),
    next: next === null ? null : linkWith(next),
  }
}
