import type { Log } from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import { createApp, healthRoutes } from '@ipupdater/web'
import Router from '@koa/router'
import type Koa from 'koa'
import type { Middleware } from 'koa'
import { zonedTime } from './render/zoned-time.ts'
import { checkedReader } from './resources/checked-reader.ts'
import { device } from './resources/device.ts'
import { devices } from './resources/devices.ts'
import { history } from './resources/history.ts'
import { allowedHosts } from './routes/allowed-hosts.ts'
import { badge } from './routes/badge.ts'
import { cache, createAnswers } from './routes/cache.ts'
import { describe } from './routes/describe.ts'
import { download } from './routes/download.ts'
import { hints } from './routes/hints.ts'
import { icon } from './routes/icons.ts'
import { refusalOf } from './routes/refusals.ts'
import type { ShowDeps } from './routes/show.ts'
import { show } from './routes/show.ts'
import { showProblems } from './routes/show-problems.ts'
import { watchChanges } from './routes/wait/changes.ts'
import { wait } from './routes/wait/wait.ts'

export interface ViewerDeps {
  readonly reader: Reader
  readonly timeZone: string
  /** The host names under which it may be opened; empty: any. */
  readonly allowedHosts: readonly string[]
  readonly now: () => number
  readonly log: Log
  readonly stop: AbortSignal
  /** Shorter times, for tests. */
  readonly waiting?: Partial<typeof WAITING>
}

/** See WaitOptions and ChangesOptions. */
const WAITING = { longestMs: 25_000, everyMs: 5_000, changesMs: 1_000 }

/** The whole HTTP surface of the viewer. */
export function createViewer({
  reader,
  timeZone,
  allowedHosts: hosts,
  now,
  log,
  stop,
  waiting,
}: ViewerDeps): Koa {
  const times = { ...WAITING, ...waiting }
  const deps = { reader: checkedReader(reader), now, time: zonedTime(timeZone) }
  const router = createRoutes(deps)

  // These need no database, so they are there before it is.
  const fixed = new Router({ strict: true, sensitive: true })
  fixed.get('/openapi.json', describe)
  fixed.get('/icon/:name', icon)
  fixed.get('/favicon.ico', icon)
  const version = () => reader.version()
  const answers = createAnswers({ version, now, maxBytes: 32 * 1024 * 1024 })
  const changes = watchChanges({ version, now, everyMs: times.changesMs })

  const pages = router.routes() as unknown as Middleware

  const downloads = new Router({ strict: true, sensitive: true })
  for (const path of ['/history', '/history/:device']) downloads.get(path, download(deps))

  const app = createApp({ log })
  app.use(safeHeaders)
  app.use(healthRoutes({ check: () => assertReadable(reader), stop }))
  app.use(showProblems)
  app.use(allowedHosts(hosts))
  app.use(hints)
  app.use(fixed.routes())
  app.use(downloads.routes())
  app.use(wait(answers, pages, { ...times, changes, stop, uptimeMs: () => performance.now() }))
  app.use(cache(answers))
  app.use(pages)
  app.use(router.allowedMethods())
  app.use(fixed.allowedMethods())
  return app
}

/** What is shown of the database. The answers are kept, and `/wait` waits for others. */
export function createRoutes(deps: ShowDeps): Router {
  // Strict: the relative links of "/getip" would be wrong under "/getip/".
  const router = new Router({ strict: true, sensitive: true })
  router.get('/', show(devices, deps))
  router.get('/getip', show(devices, deps))
  router.get('/getip/:device', show(device, deps))
  router.get('/history', show(history, deps))
  router.get('/history/:device', show(history, deps))
  router.get('/badge/:name', badge(deps))
  return router
}

const safeHeaders: Middleware = (ctx, next) => {
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.set('X-Robots-Tag', 'noindex')
  return next()
}

async function assertReadable(reader: Reader): Promise<void> {
  try {
    await reader.check()
  } catch (error) {
    throw refusalOf(error)
  }
}
