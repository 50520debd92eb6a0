import type { TestContext } from 'node:test'
import type { LogLevel } from '@ipupdater/runtime'
import { createLog } from '@ipupdater/runtime'
import type { Middleware } from 'koa'
import { createApp } from './create-app.ts'
import type { RunningServer, ServerLimits } from './listen.ts'
import { listen } from './listen.ts'

export interface TestServer {
  server: RunningServer
  /** The log so far, as parsed lines. */
  lines: Record<string, unknown>[]
}

/** For tests: the middleware in an app of this room, on a free port of the loopback, stopped with the test. */
export async function startTestServer(
  t: TestContext,
  middleware: Middleware,
  o: { level?: LogLevel; limits?: Partial<ServerLimits>; now?: () => number } = {},
): Promise<TestServer> {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => lines.push(JSON.parse(line))
  const log = createLog({ level: o.level ?? 'debug', format: 'json', write })
  const app = createApp({ log, ...(o.now && { now: o.now }) })
  app.use(middleware)
  const limits = { stopMs: 500, ...o.limits }
  const server = await listen(app, { host: '127.0.0.1', port: 0, log, limits })
  t.after(() => server[Symbol.asyncDispose]())
  return { server, lines }
}

/** Serves nothing. */
export const nothing: Middleware = () => {}
