import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { test } from 'node:test'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { createVolumes, startReceiver, startViewer } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { report } from './counts.ts'
import { assertHistory } from './traffic/agreement.ts'
import type { Reporter } from './traffic/reporter.ts'
import { createReporters, isCounted, trafficSettings } from './traffic/reporter.ts'
import { startTraffic } from './traffic/traffic.ts'

const PAGES = 1_000
const ANSWERS_EACH = 3
const MOST_MEMORY = 100 * 1024 * 1024

test('a thousand long-polling pages under full load all get correct answers, and no device is put off', async t => {
  const seed = 20_261_151
  using volumes = createVolumes()
  const reporters = createReporters(volumes, 12)
  await using receiver = await startReceiver(volumes, trafficSettings)
  await using viewer = await startViewer(volumes)
  const traffic = startTraffic(reporters, receiver.port, createRandom(seed))
  await traffic.underWay
  const before = await viewer.memory()
  const began = performance.now()
  let isWaiting = true
  const pages = Promise.all(
    Array.from({ length: PAGES }, (_, index) =>
      watchPage(viewer.port, index, reporters[index % reporters.length] as Reporter),
    ),
  ).finally(() => {
    isWaiting = false
  })
  let asked = 0
  while (isWaiting) {
    const answer = await fetch(`${viewer.url}/getip/${reporters[asked++ % 12]?.device}`)
    assert.equal(answer.status, 200)
    await answer.text()
  }
  const wrong = (await pages).flat()
  const seconds = (performance.now() - began) / 1000
  const grown = (await viewer.memory()) - before
  await traffic.stop()
  t.diagnostic(`seed ${seed}`)
  report(t, 'waiting-pages', {
    pages: PAGES,
    answers: PAGES * ANSWERS_EACH,
    wrong: wrong.length,
    updatesASecond: Math.round(traffic.acknowledged() / seconds),
    othersAnswered: asked,
    megabytesGrown: Math.round(grown / 1024 / 1024),
  })
  assert.deepEqual(wrong.slice(0, 3), [])
  const { 'not-newer': _tooSoon, ...refused } = traffic.refused()
  assert.deepEqual(refused, {})
  assert.ok(grown < MOST_MEMORY, `grew by ${grown} bytes`)
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  await assertHistory(reporters, reader)
})

/** Long-polls like a page, with the previous ETag. @returns the wrong answers */
async function watchPage(port: number, index: number, { device, book }: Reporter): Promise<string[]> {
  const path = `/wait?page=${encodeURIComponent(`getip/${device}?format=json`)}`
  // The viewer allows 1,000 connections per address.
  const options = { port, path, localAddress: `127.0.0.${2 + (index % 4)}`, agent }
  const wrong: string[] = []
  let tag = ''
  for (let answers = 0; answers < ANSWERS_EACH; answers++) {
    const known = book.findLastIndex(isCounted)
    const { status, etag, body } = await get({ ...options, headers: { 'if-none-match': tag } })
    if (status === 304 && etag === tag) continue
    const shown = status === 200 ? JSON.parse(body).addresses[0] : null
    const isTrue = book
      .slice(known)
      .some(({ address, timestamp }) => shown?.address === address && shown.lastSeen === timestamp)
    if (!isTrue || etag === tag) wrong.push(`${device}: ${status} ${etag} ${body}`)
    tag = etag
  }
  return wrong
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

async function get(options: object): Promise<{ status: number | undefined; etag: string; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', ...options }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', chunk => {
        body += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode, etag: response.headers.etag ?? '', body })
      })
    })
      .on('error', reject)
      .end()
  })
}
