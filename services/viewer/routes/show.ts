import type { Reader } from '@ipupdater/storage'
import type { Context, Middleware } from 'koa'
import type { Representation } from '../render/representation.ts'
import { mediaTypes } from '../render/representation.ts'
import type { View } from '../render/view.ts'
import type { ZonedTime } from '../render/zoned-time.ts'
import type { Form, Resource } from '../resources/resource.ts'
import { entityTag } from './entity-tag.ts'
import { representationOf } from './negotiate.ts'
import { pageHeaders } from './page-headers.ts'
import { rootFrom } from './root-from.ts'

export interface ShowDeps {
  readonly reader: Reader
  readonly now: () => number
  readonly time: ZonedTime
  /** Tells this run of the program from others, which may write the same data in another way. */
  readonly run: string
}

/** Reads the resource and answers with it in the form that is asked for. */
export function show<Data>(resource: Resource<Data>, { reader, now, time, run }: ShowDeps): Middleware {
  const offered = resource.forms.map(form => form.representation)
  return async ctx => {
    const representation = representationOf(ctx, offered)
    const form = resource.forms.find(form => form.representation === representation) as Form<Data>
    const device = ctx.params.device as string | undefined
    const { data, next } = await resource.read(reader, { device, query: ctx.query, time })
    const view = viewOf(ctx, now(), time, next)
    // The version was looked at before the data: the tag never names data that its bearer has not seen.
    ctx.set(
      'ETag',
      entityTag(run, ctx.state.version as string, representation, form.tellsAge ? view.now : null),
    )
    ctx.set('Cache-Control', 'no-cache') // keep it, but ask whether it still holds
    if (ctx.query.format === undefined) ctx.set('Vary', 'Accept, User-Agent')
    if (view.next !== null) ctx.set('Link', `<${view.next}>; rel="next"`)
    if (representation === 'html') ctx.set(pageHeaders)
    ctx.set('Content-Type', contentTypes[representation])
    ctx.body = form.render(data, view)
  }
}

const contentTypes: Record<Representation, string> = {
  text: `${mediaTypes.text}; charset=utf-8`,
  json: mediaTypes.json, // UTF-8 by definition (RFC 8259 §8.1)
  csv: `${mediaTypes.csv}; charset=utf-8; header=present`,
  html: `${mediaTypes.html}; charset=utf-8`,
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
