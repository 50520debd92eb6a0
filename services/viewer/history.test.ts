import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Report } from './fixtures/viewer.ts'
import { day, hour, minute, noonish, report, startViewer } from './fixtures/viewer.ts'

const browser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0' }

async function startHistory(t: TestContext, reports: readonly Report[]) {
  const viewer = await startViewer(t)
  await report(viewer.dir, ...reports)
  return viewer
}

/** Silent since October. */
const boat = { device: 'boat', address: '198.51.100.30', at: noonish - 36 * day }
const home = [
  { address: '203.0.113.1', at: noonish - 3 * hour },
  { address: '2001:db8::1', at: noonish - 3 * hour + 1 },
  { address: '203.0.113.2', at: noonish - 3 * minute },
]
/** 120 addresses, one a minute. */
const restless = Array.from({ length: 120 }, (_, i) => ({
  device: 'roam',
  address: `203.0.113.${i}`,
  at: noonish - (120 - i) * minute,
}))

test('the history of a device has the outage and the address that began before the period', async t => {
  const viewer = await startHistory(t, [boat])
  assert.equal(
    await viewer.text('/history/boat?from=2026-11-20'),
    `boat  outage  -              2026-10-17T15:08:20+02:00  -                          ongoing
boat  IPv4    198.51.100.30  2026-10-17T15:03:20+02:00  2026-10-17T15:03:20+02:00  current
`,
  )
})

test('the history of all devices begins with the outages in progress, if its period reaches the present', async t => {
  const viewer = await startHistory(t, [boat, ...home])
  const first = async (query: string) => (await viewer.text(`/history${query}`)).split(/ +/).slice(0, 2)
  assert.deepEqual(await first(''), ['boat', 'outage'])
  assert.deepEqual(await first('?from=2026-11-22'), ['boat', 'outage'])
  assert.deepEqual(await first('?kind=tenure'), ['home', 'IPv4'])
  assert.deepEqual(await first('?to=2026-11-22'), ['boat', 'IPv4'])
})

test('of more than a thousand devices the history says that it leaves out outages in progress', async t => {
  const many = Array.from({ length: 1_001 }, (_, i) => ({
    device: `d${i}`,
    address: '203.0.113.1',
    at: noonish,
  }))
  const viewer = await startHistory(t, many)
  const notice = 'There are more than 1,000 devices, so outages in progress are not listed here.'
  assert.ok((await viewer.text('/history')).includes(`\n${notice}\n`))
  assert.ok((await viewer.text('/history', browser)).includes(`<p>${notice}</p>`))
  assert.ok(!(await viewer.text('/history?kind=tenure')).includes(notice))
})

test('?at= answers with the addresses and the state at that moment', async t => {
  const viewer = await startHistory(t, [boat, ...home])
  const lines = async (path: string) =>
    (await viewer.text(path)).split('\n').map(line => line.split(/ +/).slice(1, 3))
  assert.deepEqual(await lines('/history/home?at=2026-11-22T12:00'), [
    ['outage', '-'],
    ['IPv4', '203.0.113.1'],
    ['IPv6', '2001:db8::1'],
    [],
  ])
  assert.deepEqual(await lines(`/history/home?at=${noonish}`), [
    ['IPv4', '203.0.113.2'],
    ['IPv6', '2001:db8::1'],
    [],
  ])
  assert.equal(await viewer.text('/history/home?at=2026-11-01'), 'Nothing in this period.\n')
  assert.match(
    await viewer.text('/history/home?at=2026-11-22T12:00', browser),
    /<h1>home at <time [^>]*>22 Nov 2026, 12:00<\/time><\/h1>/,
  )
})

test('a period or moment that cannot be meant is refused with the reason', async t => {
  const viewer = await startHistory(t, home)
  const reasons = {
    '/history?from=2026-11-22&to=2026-11-21': '"from" is later than "to".',
    '/history?from=2026-11-22&to=2026-11-22': '"from" and "to" are the same time.',
    '/history?from=1795352600': '1795352600 looks like seconds. Use milliseconds: 1795352600000.',
    '/history?at=2026-11-22': '"at" needs a device: /history/DEVICE?at=TIME',
    '/history/home?at=2027-01-01': '"at" is in the future.',
    '/history/home?at=2026-11-22&from=2026-11-21': 'Give "at" or "from", not both.',
    '/history?family=4': '"family" needs a device: /history/DEVICE?family=4',
  }
  for (const [path, reason] of Object.entries(reasons)) {
    const answer = await viewer.get(path)
    assert.equal(answer.status, 400, path)
    assert.ok((await answer.text()).includes(reason), path)
  }
})

test('an empty period says so', async t => {
  const viewer = await startHistory(t, home)
  assert.equal(await viewer.text('/history/home?to=2026-01-01'), 'Nothing in this period.\n')
  assert.match(await viewer.text('/history/home?to=2026-01-01', browser), /<p>Nothing in this period\.<\/p>/)
})

test('a text of 50 entries says how many follow, and where', async t => {
  const viewer = await startHistory(t, restless)
  const lines = (await viewer.text('/history/roam')).trimEnd().split('\n')
  assert.equal(lines.length, 51)
  const [, count, path] = /^(\d+) more: …(\/history\/roam\?before=.*)$/.exec(lines.at(-1) ?? '') ?? []
  assert.equal(count, '70')
  const next = (await viewer.text(String(path))).trimEnd().split('\n')
  assert.match(String(next[0]), /203\.0\.113\.69 /)
  assert.match(String(next.at(-1)), /^20 more: /)
})

test('a family, or only addresses or outages, in every format', async t => {
  const viewer = await startHistory(t, home)
  for (const [query, expected] of [
    ['?family=6&kind=tenure', ['2001:db8::1']],
    ['?kind=outage', []],
    ['?family=4&kind=tenure&from=&to=', ['203.0.113.2', '203.0.113.1']],
  ] as const) {
    for (const format of ['text', 'json', 'csv', 'atom', 'html']) {
      const sign = query.includes('?') ? '&' : '?'
      const body = await viewer.text(`/history/home${query}${sign}format=${format}`)
      const main =
        format === 'html'
          ? body.slice(body.indexOf('<table'), body.indexOf('</table>')).replaceAll('<wbr>', '')
          : body
      const found = ['203.0.113.2', '203.0.113.1', '2001:db8::1'].filter(address => main.includes(address))
      assert.deepEqual(found, expected, `${query} ${format}`)
    }
  }
})

test('the pages lead to each other and keep their numbers while entries arrive', async t => {
  const viewer = await startHistory(t, restless)
  const links = async (path: string) => {
    const page = await viewer.text(path, browser)
    const [, range] = /<span>(\d+–\d+)<\/span>/.exec(page) ?? []
    const link = (rel: string) =>
      new RegExp(`href="([^"]*)" rel="${rel}"`).exec(page)?.[1]?.replaceAll('&amp;', '&')
    const addresses = [...page.matchAll(/<code>(203[\d.]+)<\/code>/g)].map(([, address]) => address)
    return { range, newer: link('prev'), older: link('next'), addresses }
  }
  const first = await links('/history/roam')
  assert.deepEqual([first.range, first.newer], ['1–50', undefined])
  const second = await links(`/history/roam${first.older}`)
  assert.equal(second.range, '51–100')
  await report(viewer.dir, { device: 'roam', address: '203.0.113.200', at: noonish })
  const back = await links(`/history/roam${second.newer}`)
  assert.deepEqual([back.range, back.addresses], ['1–50', first.addresses])
  const newest = await links(`/history/roam${back.newer}`)
  assert.deepEqual([newest.range, newest.newer, newest.addresses], ['1–1', undefined, ['203.0.113.200']])
  const third = await links(`/history/roam${second.older}`)
  assert.deepEqual([third.range, third.older], ['101–120', undefined])
})

test('CSV has everything, and with a limit only so much', async t => {
  const many = Array.from({ length: 2_500 }, (_, i) => ({
    device: 'roam',
    address: `10.0.${i >> 8}.${i & 255}`,
    at: noonish - (2_500 - i) * minute,
    interval: null,
  }))
  const viewer = await startHistory(t, many)
  const rows = async (query: string) =>
    (await viewer.text(`/history/roam${query}`)).trimEnd().split('\r\n').slice(1)
  const all = await rows('?format=csv')
  assert.deepEqual(
    all.map(row => row.split(',')[3]),
    many.map(({ address }) => address).reverse(),
  )
  assert.equal((await rows('?format=csv&limit=7')).length, 7)
  assert.equal(
    (await viewer.get('/history/roam?format=csv&limit=7')).headers.get('link')?.startsWith('<?'),
    true,
  )
})

test('a client has one download at a time, and another client is served meanwhile', async t => {
  const gate = Promise.withResolvers<void>()
  const viewer = await startViewer(t, {
    // The first page of a download comes at once, and the next ones when the gate opens.
    decorate: reader => ({
      ...reader,
      async history(query) {
        if (query.before !== undefined) await gate.promise
        return reader.history(query)
      },
    }),
  })
  const many = Array.from({ length: 1_500 }, (_, i) => ({
    device: 'roam',
    address: `10.0.${i >> 8}.${i & 255}`,
    at: noonish - (1_500 - i) * minute,
    interval: null,
  }))
  await report(viewer.dir, ...many)
  const csv = (headers: Record<string, string> = {}) => viewer.get('/history/roam?format=csv', headers)
  const first = await csv()
  assert.equal(first.status, 200)
  const refused = await csv()
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '5')
  assert.match(await refused.text(), /One download at a time/)
  const other = await csv({ 'x-forwarded-for': '203.0.113.99' })
  assert.equal(other.status, 200)
  gate.resolve()
  for (const answer of [first, other]) {
    assert.equal((await answer.text()).trimEnd().split('\r\n').length, 1_501)
  }
  // The server may learn a moment later than the client that the answer has ended.
  let again = await csv()
  while (again.status === 429) again = await csv()
  assert.equal(again.status, 200)
  await again.body?.cancel()
})

test('Atom has the filtered entries with ids that stay the same', async t => {
  const viewer = await startHistory(t, home)
  const answer = await viewer.get('/history/home', { accept: 'application/atom+xml' })
  assert.equal(answer.headers.get('content-type'), 'application/atom+xml; charset=utf-8')
  const feed = await answer.text()
  const ids = (text: string) => [...text.matchAll(/<id>(.*?)<\/id>/g)].map(([, id]) => id)
  assert.deepEqual(ids(feed), [
    'urn:ipupdater:history:home',
    `urn:ipupdater:tenure:home:4:${noonish - 3 * minute}`,
    `urn:ipupdater:outage:home:${noonish - 3 * hour + 1 + 5 * minute}`,
    `urn:ipupdater:tenure:home:6:${noonish - 3 * hour + 1}`,
    `urn:ipupdater:tenure:home:4:${noonish - 3 * hour}`,
  ])
  await report(viewer.dir, { address: '203.0.113.2', at: noonish })
  assert.deepEqual(ids(await viewer.text('/history/home?format=atom')), ids(feed))
})
