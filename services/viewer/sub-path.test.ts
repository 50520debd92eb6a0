import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { minute, noonish, report, startViewer } from './fixtures/viewer.ts'

const browser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0' }

/** A reverse proxy that shows `upstream` under `prefix` and removes the prefix, as nginx does. */
async function startProxy(t: TestContext, upstream: string, prefix: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url ?? ''
    if (!path.startsWith(prefix)) {
      outgoing.writeHead(404).end('outside the prefix')
      return
    }
    const forwarded = request(
      `${upstream}/${path.slice(prefix.length)}`,
      { method: incoming.method, headers: incoming.headers },
      answer => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(forwarded)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`
}

/** Every page that can be reached from `start`, by the links that a browser would follow. */
async function crawl(start: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  const waiting = [start]
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue
    const answer = await fetch(url, { headers: browser })
    const text = await answer.text()
    seen.set(url, answer.status)
    if (!answer.headers.get('content-type')?.startsWith('text/html')) continue
    for (const [, href = ''] of text.matchAll(/ (?:href|action)="((?!https:)[^"]*)"/g)) {
      waiting.push(new URL(href.replaceAll('&amp;', '&'), url).href)
    }
  }
  return seen
}

for (const prefix of ['/', '/ip/', '/a/deep/path/']) {
  test(`behind a proxy under ${prefix} every link of every page leads to a page of ours`, async t => {
    const viewer = await startViewer(t)
    const reports = ['cabin', 'home'].flatMap(device =>
      [1, 2].map(n => ({ device, address: `203.0.113.${n}`, at: noonish - 30 * minute + n })),
    )
    await report(viewer.dir, ...reports)
    const base = await startProxy(t, viewer.url, prefix)
    const seen = await crawl(`${base}history?limit=1`)
    const paths = [...seen.keys()].map(url => url.slice(base.length))
    for (const path of [
      '',
      'history',
      'getip/home',
      'history/home',
      'history?limit=1&format=csv',
      '?format=json',
      'icon/late.svg',
      'getip/home?days=365',
    ]) {
      assert.ok(paths.includes(path), `${path} of ${paths.join(' ')}`)
    }
    assert.ok(paths.some(path => path.startsWith('history?limit=1&before=')))
    assert.deepEqual(
      [...seen].filter(([, status]) => status !== 200),
      [],
    )
  })
}

test('a page of refusal leads back to the root, however deep it is', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, { address: '203.0.113.1', at: noonish })
  const base = await startProxy(t, viewer.url, '/ip/')
  for (const path of ['nothing', 'getip/', 'getip/nobody', 'a/b/c']) {
    const page = await (await fetch(base + path, { headers: browser })).text()
    const [, href = ''] = /<a href="([^"]*)" class="brand">/.exec(page) ?? []
    assert.equal(new URL(href, base + path).href, base, path)
  }
})
