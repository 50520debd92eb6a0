import { ProtocolError } from '@ipupdater/protocol'
import type { Context, Middleware } from 'koa'
import { LRUCache } from 'lru-cache'
import type { Answer, Answers } from '../cache.ts'
import { requestKey, send } from '../cache.ts'
import type { Changes } from './changes.ts'
import { throttle } from './throttle.ts'

export interface WaitOptions {
  readonly changes: Changes
  /** Aborted once the program has to stop. */
  readonly stop: AbortSignal
  readonly uptimeMs: () => number
  /** How long a request waits. Less than the idle time of usual proxies. */
  readonly longestMs: number
  /** How often the content of one page is made for those who wait. */
  readonly everyMs: number
}

interface Look {
  readonly answer: Answer
  readonly stamp: string
}

/** The number of pages with waiting requests. A page that is dropped loses only its throttle. */
const MAX_PAGES = 10_000

/**
 * `GET /wait?page=getip/home` is `GET /getip/home` that takes its time: with the ETag of an earlier answer in
 * If-None-Match it is answered once the content differs, or with 304 after `longestMs`. Without one, at once.
 */
export function wait(answers: Answers, pages: Middleware, options: WaitOptions): Middleware {
  const { changes, stop, uptimeMs, longestMs, everyMs } = options
  const looks = new LRUCache<string, (ctx: Context) => Promise<Look>>({ max: MAX_PAGES })

  async function look(ctx: Context): Promise<Look> {
    const stamp = await changes.stamp()
    return { stamp, answer: await answers(ctx, () => pages(ctx, async () => {})) }
  }

  /** The first answer that is not the held one; the last one that is, if `signal` is aborted before. */
  async function different(ctx: Context, held: string, signal: AbortSignal): Promise<Answer> {
    const key = requestKey(ctx)
    const lookAt = looks.get(key) ?? throttle(look, everyMs, uptimeMs)
    looks.set(key, lookAt)
    for (;;) {
      const { answer, stamp } = await unlessAborted(lookAt(ctx), signal)
      if (contentOf(answer) !== held) return answer
      await unlessAborted(changes.after(stamp, signal), signal).catch(() => {})
      if (signal.aborted) return answer
    }
  }

  return async (ctx, next) => {
    if (ctx.path !== '/wait' || ctx.method !== 'GET') return next()
    const { url, query } = ctx
    const held = contentOfTag(ctx.get('If-None-Match'))
    const gone = new AbortController()
    ctx.res.once('close', () => gone.abort())
    const signal = AbortSignal.any([stop, gone.signal, AbortSignal.timeout(longestMs)])
    try {
      ctx.url = pageUrl(query.page)
      const answer = await different(ctx, held, signal)
      if (stop.aborted) throw stopping()
      send(ctx, answer)
      ctx.set('Cache-Control', 'no-store')
      if (contentOf(answer) === held) ctx.status = 304
    } catch (error) {
      throw signal.aborted ? stopping() : error
    } finally {
      ctx.url = url // for the log
    }
  }
}

/** @throws ProtocolError `bad-query` */
function pageUrl(page: string | string[] | undefined): string {
  if (typeof page === 'string') return `/${page}`
  throw new ProtocolError('bad-query', 'Give one "page". Example: /wait?page=getip/home')
}

function stopping(): ProtocolError {
  return new ProtocolError('stopping', 'The viewer is stopping.')
}

function contentOf({ headers }: Answer): string {
  return contentOfTag(headers.etag ?? '')
}

/** The part of an ETag that names the content, without the minute in which a page was made. */
function contentOfTag(etag: string): string {
  return /^(?:W\/)?"([^".]*)/.exec(etag)?.[1] ?? ''
}

/** @throws the reason of `signal`, at once */
function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
