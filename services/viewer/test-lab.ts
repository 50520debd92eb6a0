import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Proof } from '@ipupdater/protocol'
import { encodeUpdate, parseAddress, parseDeviceName, parseSecret, signRequest } from '@ipupdater/protocol'
import { silentLog } from '@ipupdater/runtime'
import type { Reader, Store } from '@ipupdater/storage'
import { openReader, openStore } from '@ipupdater/storage'
import { listen } from '@ipupdater/web'
import { createViewer } from './app.ts'

/** The secret of every device in these tests. */
export const secret = parseSecret('a-secret-of-the-tests')

/** Sunday, 2026-11-22 14:03:20.000 in Berlin. */
export const noonish = Date.UTC(2026, 10, 22, 13, 3, 20)

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export interface Report {
  device?: string
  address: string
  at: number
  /** Seconds. */
  interval?: number | null
}

/** The real viewer on a real port over a real directory; the clock stands until the test moves it. */
export interface Lab {
  readonly dir: string
  readonly url: string
  readonly reader: Reader
  now: number
  /** As curl does, unless other headers are given. */
  get(path: string, headers?: Record<string, string>): Promise<Response>
  text(path: string, headers?: Record<string, string>): Promise<string>
  json(path: string): Promise<unknown>
}

export async function startLab(t: TestContext, { timeZone = 'Europe/Berlin' } = {}): Promise<Lab> {
  const dir = await mkdtemp(join(tmpdir(), 'viewer-'))
  const stop = new AbortController()
  const now = () => lab.now
  const reader = openReader({ dir, now })
  const app = createViewer({
    reader,
    timeZone,
    now,
    randomBytes: size => Buffer.alloc(size, 7),
    log: silentLog,
    stop: stop.signal,
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0, log: silentLog })
  t.after(async () => {
    await server[Symbol.asyncDispose]()
    await reader[Symbol.asyncDispose]()
    await rm(dir, { recursive: true })
  })
  const url = `http://127.0.0.1:${server.port}`
  const get: Lab['get'] = (path, headers) =>
    fetch(url + path, { headers: { accept: '*/*', 'user-agent': 'curl/7.88.1', ...headers } })
  const lab: Lab = {
    dir,
    url,
    reader,
    now: noonish,
    get,
    text: async (path, headers) => (await get(path, headers)).text(),
    json: async path => (await get(path, { accept: 'application/json' })).json(),
  }
  return lab
}

/** Writes reports as the receiver does, with a store that is closed again. */
export async function report(dir: string, ...reports: Report[]): Promise<void> {
  await using store = await openStore({ dir })
  for (const one of reports) await commit(store, one)
}

export async function commit(store: Store, { device = 'home', address, at, interval = 300 }: Report) {
  const outcome = await store.commit({
    device: parseDeviceName(device),
    address: parseAddress(address),
    timestamp: at,
    interval,
    proof: proofOf({ device, address, at, interval }),
    skewMs: 0,
    secretAdded: 1,
  })
  if ('refused' in outcome) throw new Error(`${device} ${address} at ${at}: ${outcome.refused}`)
}

/** What the device signs, with a nonce that does not vary, so that tests can name the whole answer. */
export function proofOf({ device = 'home', address, at, interval = 300 }: Report): Proof {
  const body = encodeUpdate({
    address: parseAddress(address),
    timestamp: at,
    ...(interval === null ? {} : { interval }),
  })
  const { request } = signRequest('ipupdater-update', body, {
    device: parseDeviceName(device),
    secret,
    created: Math.floor(at / 1000),
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  })
  return request.proof
}
