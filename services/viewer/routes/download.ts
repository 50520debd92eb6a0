import { Readable } from 'node:stream'
import { ProtocolError } from '@ipupdater/protocol'
import type { HistoryPage, Reader } from '@ipupdater/storage'
import type { Context, Middleware } from 'koa'
import { csvHeader, csvRows } from '../render/csv.ts'
import { FORMATS } from '../render/format.ts'
import type { ZonedTime } from '../render/zoned-time.ts'
import { readPage } from '../resources/history.ts'
import type { AskedHistory } from '../resources/history-query.ts'
import { parseHistoryQuery } from '../resources/history-query.ts'
import { formatOf } from './negotiate.ts'

const PAGE_ROWS = 1_000

/**
 * The history as CSV: all of it, unless the query has a limit. It is read page by page, each a snapshot of its own, as
 * fast as the client takes it. A client has one download at a time.
 */
export function download({
  reader,
  now,
  time,
}: {
  reader: Reader
  now: () => number
  time: ZonedTime
}): Middleware {
  const busy = new Set<string>()
  return async (ctx, next) => {
    if (formatOf(ctx, ['text', 'json', 'csv', 'atom', 'html']) !== 'csv') return next()
    const request = { device: ctx.params.device as string | undefined, query: ctx.query, time, now: now() }
    const asked = parseHistoryQuery(request)
    const first = await readPage(reader, asked, asked.limit ?? PAGE_ROWS, request.now)
    ctx.set('Content-Type', FORMATS.csv.contentType)
    ctx.set('Cache-Control', 'no-store')
    if (ctx.query.format === undefined) ctx.set('Vary', 'Accept, User-Agent')
    if (asked.limit !== null && first.next !== null) ctx.set('Link', nextLink(ctx, first.next))
    if (ctx.method === 'HEAD') {
      ctx.body = ''
      return
    }
    occupy(busy, ctx)
    ctx.body = Readable.from(csvText(reader, asked, first))
  }
}

async function* csvText(
  reader: Reader,
  { query, limit }: AskedHistory,
  first: HistoryPage,
): AsyncGenerator<string> {
  yield csvHeader
  for (let page: HistoryPage | null = first; page !== null; ) {
    yield csvRows(page.entries)
    if (page.next === null || limit !== null) return
    const { after: _, ...rest } = query
    page = await reader.history({ ...rest, before: page.next, limit: PAGE_ROWS })
  }
}

/** @throws ProtocolError `rate-limited` if the client has a download already */
function occupy(busy: Set<string>, ctx: Context): void {
  // Behind a proxy all clients have its address. What the proxy says of them need not be true to tell them apart.
  const client = `${ctx.ip} ${ctx.get('X-Forwarded-For')}`
  if (busy.has(client)) {
    throw new ProtocolError('rate-limited', 'One download at a time: wait until the other one has ended.', {
      extra: { retryAfter: 5 },
    })
  }
  busy.add(client)
  ctx.res.once('close', () => busy.delete(client))
}

function nextLink({ querystring }: Context, before: string): string {
  const query = new URLSearchParams(querystring)
  query.set('before', before)
  return `<?${query}>; rel="next"`
}
