import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunningViewer } from './fixtures/viewer.ts'
import {
  day,
  hour,
  minute,
  noonish,
  proofOf,
  report,
  reportByPassword,
  startViewer,
} from './fixtures/viewer.ts'

const browser = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}
const json = { accept: 'application/json' }

const old = { address: '203.0.113.7', at: noonish - 3 * hour }
const v6 = { address: '2001:db8::7', at: noonish - 3 * hour + 1 }
const current = { address: '203.0.113.9', at: noonish - 4 * minute }
const cabin = { device: 'cabin', address: '198.51.100.20', at: noonish - 26 * hour }
const silent = { device: 'nas', address: '198.51.100.9', at: noonish - 9 * day, interval: null }

/** A home of both families with a new address after an outage, a silent cabin, and a device that reports by hand. */
async function startHousehold(t: Parameters<typeof startViewer>[0]): Promise<RunningViewer> {
  const viewer = await startViewer(t)
  await report(viewer.dir, silent, cabin, old, v6, current)
  return viewer
}

test('GET /getip, as text, has a line for each device and family', async t => {
  const viewer = await startHousehold(t)
  const expected = `cabin  IPv4  198.51.100.20  2026-11-21T12:03:20+01:00  late
home   IPv4  203.0.113.9    2026-11-22T13:59:20+01:00
home   IPv6  2001:db8::7    2026-11-22T11:03:20+01:00
nas    IPv4  198.51.100.9   2026-11-13T14:03:20+01:00
`
  assert.equal(await viewer.text('/getip'), expected)
  assert.equal(await viewer.text('/'), expected)
  assert.equal((await viewer.get('/getip')).headers.get('content-type'), 'text/plain; charset=utf-8')
})

test('GET /getip?family=6 leaves out the other family', async t => {
  const viewer = await startHousehold(t)
  assert.equal(await viewer.text('/getip?family=6'), 'home  IPv6  2001:db8::7  2026-11-22T11:03:20+01:00\n')
})

test('GET /getip, as JSON, has times in milliseconds, states, and the proof as the device signed it', async t => {
  const viewer = await startHousehold(t)
  const { addresses, next } = (await viewer.json('/getip')) as { addresses: unknown[]; next: null }
  assert.equal(next, null)
  assert.equal(addresses.length, 4)
  assert.deepEqual(addresses[0], {
    device: 'cabin',
    family: 4,
    address: '198.51.100.20',
    firstSeen: cabin.at,
    lastSeen: cabin.at,
    confirmations: 1,
    interval: 300,
    dueAt: cabin.at + 5 * minute,
    late: true,
    contested: false,
    flips: 0,
    signed: true,
    given: false,
    proof: proofOf(cabin),
  })
  assert.deepEqual(addresses[3], {
    device: 'nas',
    family: 4,
    address: '198.51.100.9',
    firstSeen: silent.at,
    lastSeen: silent.at,
    confirmations: 1,
    interval: null,
    dueAt: null,
    late: false,
    contested: false,
    flips: 0,
    signed: true,
    given: false,
    proof: proofOf(silent),
  })
  assert.equal((await viewer.get('/getip', json)).headers.get('content-type'), 'application/json')
})

test('GET /getip is paged by device, with a link to the next page', async t => {
  const viewer = await startHousehold(t)
  const first = await viewer.get('/getip?limit=2')
  assert.equal(first.headers.get('link'), '<?limit=2&after=home>; rel="next"')
  assert.equal((await first.text()).split('\n').length, 4) // two devices, one of them with both families
  const second = await viewer.get('/getip?limit=2&after=home')
  assert.equal(second.headers.get('link'), null)
  assert.equal(await second.text(), 'nas  IPv4  198.51.100.9  2026-11-13T14:03:20+01:00\n')
})

test('GET /getip/DEVICE, as text, is one bare address and a newline: IPv4 if there are both', async t => {
  const viewer = await startHousehold(t)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.9\n')
  assert.equal(await viewer.text('/getip/home?family=4'), '203.0.113.9\n')
  assert.equal(await viewer.text('/getip/home?family=6'), '2001:db8::7\n')
  assert.equal(await viewer.text('/getip/cabin'), '198.51.100.20\n') // late, and still the last that was confirmed
})

test('GET /getip/DEVICE, as JSON, has every family of this device only', async t => {
  const viewer = await startHousehold(t)
  const { addresses } = (await viewer.json('/getip/home')) as { addresses: { address: string }[] }
  assert.deepEqual(
    addresses.map(({ address }) => address),
    ['203.0.113.9', '2001:db8::7'],
  )
})

test('without an address the answer is 404 and says why', async t => {
  const viewer = await startHousehold(t)
  const cases = {
    '/getip/nobody': 'Unknown device. No device "nobody" has reported.',
    '/getip/NO%20BODY': 'Unknown device. "NO BODY" is not a device name.',
    '/getip/%1b%5b31m': 'Unknown device. "\\u001b[31m" is not a device name.',
    '/getip/%ff': 'Unknown device. "%ff" is not a device name.',
    '/getip/cabin?family=6':
      'The device has reported no such address yet. Device "cabin" has reported no IPv6 address.',
    '/history/nobody': 'Unknown device. No device "nobody" has reported.',
    '/getip/': 'There is nothing at this path. Do you mean /getip?',
    '/nothing':
      'There is nothing at this path. The viewer has /, /getip, /getip/DEVICE, /history, /history/DEVICE, /badge/DEVICE.svg and /openapi.json.',
  }
  for (const [path, reason] of Object.entries(cases)) {
    const answer = await viewer.get(path)
    assert.equal(answer.status, 404, path)
    assert.equal((await answer.text()).split('\n')[0], reason)
    assert.equal(answer.headers.get('etag'), null)
  }
})

test('an error is a sentence for a terminal, a problem for a program and a page for a browser', async t => {
  const viewer = await startHousehold(t)
  assert.equal(
    await viewer.text('/getip/nobody'),
    'Unknown device. No device "nobody" has reported.\n' + 'Check the name: /getip lists all devices.\n',
  )
  const problem = await viewer.get('/getip/nobody', json)
  assert.equal(problem.headers.get('content-type'), 'application/problem+json')
  const { requestId, ...members } = (await problem.json()) as Record<string, unknown>
  assert.equal(typeof requestId, 'string')
  assert.deepEqual(members, {
    type: 'urn:ipupdater:problem:unknown-device',
    title: 'Unknown device',
    status: 404,
    code: 'unknown-device',
    detail: 'No device "nobody" has reported.',
    advice: 'Check the name: /getip lists all devices.',
  })
  const page = await viewer.get('/getip/nobody', browser)
  assert.equal(page.status, 404)
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(await page.text(), /<h1>Unknown device<\/h1>/)
})

test('GET /history, as text, has tenures and outages, newest beginning first', async t => {
  const viewer = await startHousehold(t)
  assert.equal(
    await viewer.text('/history'),
    `cabin  outage  -              2026-11-21T12:08:20+01:00  -                          ongoing
home   IPv4    203.0.113.9    2026-11-22T13:59:20+01:00  2026-11-22T13:59:20+01:00  current
home   outage  -              2026-11-22T11:08:20+01:00  2026-11-22T13:59:20+01:00
home   IPv6    2001:db8::7    2026-11-22T11:03:20+01:00  2026-11-22T11:03:20+01:00  current
home   IPv4    203.0.113.7    2026-11-22T11:03:20+01:00  2026-11-22T11:03:20+01:00
cabin  IPv4    198.51.100.20  2026-11-21T12:03:20+01:00  2026-11-21T12:03:20+01:00  current
nas    IPv4    198.51.100.9   2026-11-13T14:03:20+01:00  2026-11-13T14:03:20+01:00  current
`,
  )
})

test('GET /history/DEVICE shows the outage in progress', async t => {
  const viewer = await startHousehold(t)
  assert.equal(
    await viewer.text('/history/cabin'),
    `cabin  outage  -              2026-11-21T12:08:20+01:00  -                          ongoing
cabin  IPv4    198.51.100.20  2026-11-21T12:03:20+01:00  2026-11-21T12:03:20+01:00  current
`,
  )
  const { entries } = (await viewer.json('/history/cabin')) as { entries: unknown[] }
  assert.deepEqual(entries[0], { kind: 'outage', device: 'cabin', from: cabin.at + 5 * minute, to: null })
})

test('GET /history, as JSON, has each tenure with its proof', async t => {
  const viewer = await startHousehold(t)
  const { entries, next } = (await viewer.json('/history')) as { entries: unknown[]; next: null }
  assert.equal(next, null)
  assert.deepEqual(entries[2], {
    kind: 'outage',
    device: 'home',
    from: old.at + 1 + 5 * minute,
    to: current.at,
  })
  assert.deepEqual(entries[4], {
    kind: 'tenure',
    device: 'home',
    family: 4,
    address: '203.0.113.7',
    firstSeen: old.at,
    lastSeen: old.at,
    confirmations: 1,
    open: false,
    signed: true,
    given: false,
    proof: proofOf(old),
  })
})

test('GET /history, as CSV, has a header and UTC times', async t => {
  const viewer = await startHousehold(t)
  const answer = await viewer.get('/history', { accept: 'text/csv' })
  assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8; header=present')
  assert.equal(
    await answer.text(),
    `kind,device,family,address,from,to,open,confirmations,signed,given
outage,cabin,,,2026-11-21T11:08:20.000Z,,true,,,
tenure,home,IPv4,203.0.113.9,2026-11-22T12:59:20.000Z,2026-11-22T12:59:20.000Z,true,1,true,false
outage,home,,,2026-11-22T10:08:20.001Z,2026-11-22T12:59:20.000Z,false,,,
tenure,home,IPv6,2001:db8::7,2026-11-22T10:03:20.001Z,2026-11-22T10:03:20.001Z,true,1,true,false
tenure,home,IPv4,203.0.113.7,2026-11-22T10:03:20.000Z,2026-11-22T10:03:20.000Z,false,1,true,false
tenure,cabin,IPv4,198.51.100.20,2026-11-21T11:03:20.000Z,2026-11-21T11:03:20.000Z,true,1,true,false
tenure,nas,IPv4,198.51.100.9,2026-11-13T13:03:20.000Z,2026-11-13T13:03:20.000Z,true,1,true,false
`.replaceAll('\n', '\r\n'),
  )
})

test('the CSV tells an address that was reported by password', async t => {
  const viewer = await startViewer(t)
  await reportByPassword(viewer.dir, { address: '203.0.113.7', at: noonish - 60_000 })
  const [, row] = (await viewer.text('/history?format=csv')).split('\r\n')
  assert.match(row ?? '', /,true,1,false,false$/)
})

test('the pages of a history, followed by their links, have every entry once', async t => {
  const viewer = await startHousehold(t)
  for (const format of ['text', 'csv', 'json']) {
    let path: string | undefined = `/history?limit=1&format=${format}`
    let pages = 0
    while (path !== undefined) {
      const answer = await viewer.get(path)
      assert.equal(answer.status, 200)
      const [, next] = /^<(.*)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? []
      if (format === 'json') assert.equal(((await answer.json()) as { next: unknown }).next, next ?? null)
      path = next === undefined ? undefined : `/history${next}`
      pages++
    }
    assert.equal(pages, 6, format)
  }
})

test('from and to are dates of the time zone', async t => {
  const viewer = await startHousehold(t)
  const lines = async (query: string) =>
    (await viewer.text(`/history${query}`)).replace(/^cabin.*ongoing\n/, '').split('\n').length - 1
  assert.equal(await lines('?from=2026-11-22'), 4)
  assert.equal(await lines('?to=2026-11-22'), 2)
  assert.equal(await lines('?from=2026-11-21&to=2026-11-22'), 1)
  assert.equal(await lines(`?from=${current.at}`), 1)
  assert.equal(await lines('?from=2026-11-22T13:59:21%2B01:00'), 0) // but for the outage in progress
  // The address in effect at a time is the first line up to then.
  const then = await viewer.text('/history/home?to=2026-11-22T11:03:20.001&limit=1')
  assert.match(then, /^home {2}IPv4 {2}203\.0\.113\.7 /)
})

test('a wrong query is refused', async t => {
  const viewer = await startHousehold(t)
  for (const query of [
    '?limit=0',
    '?before=x',
    '?from=yesterday',
    '?form=2026',
    '?limit=1&limit=2',
    '?format=xml',
  ]) {
    const answer = await viewer.get(`/history${query}`)
    assert.equal(answer.status, 400, query)
  }
  assert.equal(
    (await viewer.text('/getip?format=csv')).split('\n')[0],
    'The query is not valid. format="csv" is not offered here. Use: text, json, html.',
  )
})

test('a cursor of version 1.0, which had a row number, is refused with the reason', async t => {
  const viewer = await startHousehold(t)
  assert.equal((await viewer.get('/history?before=mib04u5n-e')).status, 400)
  assert.match(await viewer.text('/history?before=mib04u5n-e'), /before="mib04u5n-e" is not a cursor/)
})

test('the format follows Accept, and is text if Accept leaves it open', async t => {
  const viewer = await startHousehold(t)
  const typeFor = async (headers: Record<string, string>, path = '/history') =>
    (await viewer.get(path, headers)).headers.get('content-type')?.split(';')[0]
  assert.equal(await typeFor({}), 'text/plain')
  assert.equal(await typeFor({ accept: '*/*', 'user-agent': 'python-requests/2.32' }), 'text/plain')
  assert.equal(await typeFor({ accept: 'text/plain' }), 'text/plain')
  assert.equal(await typeFor({ accept: 'text/csv' }), 'text/csv')
  assert.equal(
    await typeFor({ accept: 'application/json, */*;q=0.5', 'user-agent': 'HTTPie/3.2' }),
    'application/json',
  )
  assert.equal(await typeFor(browser), 'text/html')
  assert.equal(await typeFor({ ...browser, 'user-agent': 'Wget/2.1.0' }), 'text/plain')
  assert.equal(await typeFor({ accept: 'text/html', 'user-agent': 'curl/8.5' }), 'text/html')
  assert.equal(await typeFor({ ...browser }, '/history?format=csv'), 'text/csv')
  assert.equal((await viewer.get('/getip', { accept: 'image/png' })).status, 406)
  assert.equal((await viewer.get('/getip')).headers.get('vary'), 'Accept, User-Agent')
  assert.equal((await viewer.get('/getip?format=text')).headers.get('vary'), null)
})

test('HEAD has the header fields of GET and no body; other methods are refused', async t => {
  const viewer = await startHousehold(t)
  for (const path of ['/', '/getip', '/getip/home', '/history', '/history/home']) {
    const got = await viewer.get(path)
    const head = await fetch(viewer.url + path, { method: 'HEAD', headers: { 'user-agent': 'curl/8.5' } })
    assert.equal(head.status, 200)
    assert.equal(await head.text(), '')
    for (const name of ['content-length', 'content-type', 'etag']) {
      assert.equal(head.headers.get(name), got.headers.get(name), `${name} of ${path}`)
    }
    const post = await fetch(viewer.url + path, { method: 'POST' })
    assert.equal(post.status, 405)
    assert.equal(post.headers.get('allow'), 'HEAD, GET')
  }
})

test('a client that has the answer gets 304 until the answer changes', async t => {
  const viewer = await startHousehold(t)
  const etag = (await viewer.get('/getip/home')).headers.get('etag') ?? ''
  const again = () => viewer.get('/getip/home', { 'if-none-match': etag })
  assert.equal((await again()).status, 304)
  assert.equal((await again()).headers.get('cache-control'), 'no-cache')
  assert.equal(await (await again()).text(), '')
  assert.equal((await viewer.get('/getip/home', { ...json, 'if-none-match': etag })).status, 200)
  await report(viewer.dir, { ...current, at: noonish })
  assert.equal((await again()).status, 304) // reported again, with the same address
  await report(viewer.dir, { address: '203.0.113.10', at: noonish + 1 })
  assert.equal((await again()).status, 200)
})

test('a page changes every minute, because it shows ages; the bare address does not', async t => {
  const viewer = await startHousehold(t)
  const tags = async () => {
    const answers = [
      await viewer.get('/getip/home'),
      await viewer.get('/getip'),
      await viewer.get('/', browser),
    ]
    return answers.map(answer => answer.headers.get('etag'))
  }
  const [bare, lines, page] = await tags()
  viewer.now += minute
  const [bareLater, linesLater, pageLater] = await tags()
  assert.equal(bareLater, bare)
  assert.equal(linesLater, lines)
  assert.notEqual(pageLater, page)
})

test('a device becomes late without a change of the data', async t => {
  const viewer = await startHousehold(t)
  assert.doesNotMatch(await viewer.text('/getip'), /home.*late/)
  viewer.now = current.at + 5 * minute + 150_001
  assert.match(await viewer.text('/getip'), /home +IPv4 .*late\n/)
  viewer.now += minute
  assert.match(await viewer.text('/history/home'), /^home +outage .*ongoing\n/)
})

test('an address that flips back is contested for an hour', async t => {
  const viewer = await startViewer(t)
  const flip = (address: string, ago: number) => ({ address, at: noonish - ago * minute })
  await report(viewer.dir, flip('203.0.113.1', 3), flip('203.0.113.2', 2), flip('203.0.113.1', 1))
  assert.match(await viewer.text('/getip'), /203\.0\.113\.1 .* {2}contested\n/)
  const { addresses } = (await viewer.json('/getip/home')) as {
    addresses: { contested: boolean; flips: number }[]
  }
  assert.deepEqual([addresses[0]?.contested, addresses[0]?.flips], [true, 1])
  assert.match(await viewer.text('/getip/home', browser), /<span class="state contested">Two senders<\/span>/)
  assert.equal((await viewer.text('/history')).split('\n').length - 1, 3)
  viewer.now += hour
  assert.doesNotMatch(await viewer.text('/getip'), /contested/)
})

test('a format that is not offered is refused in the format that Accept names', async t => {
  const viewer = await startHousehold(t)
  const page = await viewer.get('/getip?format=csv', browser)
  assert.equal(page.status, 400)
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  const problem = await viewer.get('/getip?format=csv', json)
  assert.equal(problem.headers.get('content-type'), 'application/problem+json')
})

test('Accept may name a charset', async t => {
  const viewer = await startHousehold(t)
  for (const accept of [
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8", text/html;q=0.1',
  ]) {
    const answer = await viewer.get('/getip', { accept })
    assert.equal(answer.headers.get('content-type'), 'application/json', accept)
  }
})

test('a wrong method is refused as text for a terminal and as a page for a browser', async t => {
  const viewer = await startHousehold(t)
  const post = (headers: Record<string, string>) => fetch(viewer.url, { method: 'POST', headers })
  const text = await post({ accept: '*/*', 'user-agent': 'curl/8.5' })
  assert.equal(text.status, 405)
  assert.equal(text.headers.get('allow'), 'HEAD, GET')
  assert.match(await text.text(), /This path takes HEAD, GET\.\n/)
  assert.match(await (await post(browser)).text(), /<p>This path takes HEAD, GET\.<\/p>/)
})
