import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Report } from './fixtures/viewer.ts'
import { day, minute, noonish, proofOf, report, startViewer } from './fixtures/viewer.ts'

const browser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0' }

async function startPages(t: TestContext, reports: readonly Report[]) {
  const viewer = await startViewer(t)
  await report(viewer.dir, ...reports)
  return { viewer, page: (path: string) => viewer.text(path, browser) }
}

const home = [
  { address: '203.0.113.7', at: noonish - 3 * day },
  { address: '203.0.113.7', at: noonish - 2 * day },
  { address: '203.0.113.9', at: noonish - 4 * minute },
  { address: '2001:db8::7', at: noonish - 4 * minute + 1 },
]
const cabin = { device: 'cabin', address: '198.51.100.20', at: noonish - 73 * minute }
const boat = { device: 'boat', address: '198.51.100.30', at: noonish - 36 * day }
const byHand = { device: 'nas', address: '198.51.100.9', at: noonish - 9 * day, interval: null }

test('the first page has a card for each device, the most urgent one first, and says how many need a look', async t => {
  const { page } = await startPages(t, [boat, byHand, ...home, cabin])
  const first = await page('/')
  assert.match(first, /<h1>2 of 4 devices need a look<\/h1>/)
  assert.match(first, /<title>\(2\) 4 devices · ipupdater<\/title>/)
  assert.match(first, /href="\.\/icon\/silent\.svg"/)
  const names = [...first.matchAll(/<h2><a href="\.\/getip\/(\w+)">/g)].map(([, name]) => name)
  assert.deepEqual(names, ['boat', 'cabin', 'nas', 'home'])
  const states = [...first.matchAll(/<span class="state [\w-]+">(.*?)<\/span> /g)].map(([, markup = '']) =>
    markup.replace(/<[^>]*>/g, ''),
  )
  assert.deepEqual(states, [
    'Silent for 36 days',
    'No report for 73 minutes',
    'Reports by hand',
    'Up to date',
  ])
})

test('a card has each address with a Copy button, how long it is held, how fresh it is, and figures in words', async t => {
  const { page } = await startPages(t, home)
  const first = await page('/')
  const text = first.replace(/<svg[\s\S]*?<\/svg>|<[^>]*>/g, '')
  assert.match(first, /<button type="button" value="203\.0\.113\.9">Copy/)
  assert.match(first, /<button type="button" value="2001:db8::7">Copy/)
  assert.match(text, /IPv4 since 22 Nov \(4 minutes\)/)
  assert.match(text, /Confirmed 3 minutes ago, next report 14:04/)
  assert.match(text, /0\.\d % covered by reports, 2 outages, 1 address change\n/)
})

test('a single device is named in the summary', async t => {
  const { page } = await startPages(t, [{ ...cabin, at: noonish }])
  assert.match(await page('/'), /<h1>cabin is up to date<\/h1>/)
})

test('more than twelve devices are a table, still the most urgent one first', async t => {
  const many = Array.from({ length: 12 }, (_, i) => ({
    device: `a${i}`,
    address: `203.0.113.${i}`,
    at: noonish,
  }))
  const { page } = await startPages(t, [boat, ...many])
  const first = await page('/')
  assert.match(first, /<h1>1 of 13 devices needs a look<\/h1>/)
  assert.equal(first.match(/<tr>/g)?.length, 14)
  assert.match(first, /<tbody>\n<tr><th scope="row"><a href="\.\/getip\/boat">/)
  assert.doesNotMatch(first, /<article/)
})

test('more than a thousand devices are pages by name, without a summary', async t => {
  const many = Array.from({ length: 1_001 }, (_, i) => ({
    device: `d${String(i).padStart(4, '0')}`,
    address: '203.0.113.1',
    at: noonish,
  }))
  const { viewer, page } = await startPages(t, many)
  const seen: string[] = []
  let path: string | undefined = '/'
  for (let pages = 0; path !== undefined && pages < 20; pages++) {
    const markup: string = await page(path)
    assert.match(markup, /<h1>Devices by name<\/h1>/)
    seen.push(
      ...[...markup.matchAll(/<th scope="row"><a href="[^"]*">(\w+)</g)].map(([, name]) => String(name)),
    )
    const [, next] = /<a href="([^"]*)" rel="next">Next/.exec(markup) ?? []
    path = next === undefined ? undefined : `/${next}`
  }
  assert.deepEqual(
    seen,
    many.map(({ device }) => device),
  )
  assert.equal((await viewer.get('/', browser)).headers.get('link'), '<?after=d0099>; rel="next"')
})

test('the page of a device has its state with advice, timeline, figures, history and signature', async t => {
  const { page } = await startPages(t, [...home, cabin])
  const device = await page('/getip/cabin')
  assert.match(device, /<title>cabin: late · ipupdater<\/title>/)
  assert.match(device, /A report is overdue\. The address is the last one that was confirmed/)
  assert.match(device, /<h3>IPv4<\/h3>\n<svg class="timeline"/)
  assert.doesNotMatch(device, /<h3>IPv6<\/h3>/)
  assert.match(device, /<dt>Covered by reports<\/dt><dd>6\.\d %<\/dd>/)
  assert.match(device, /<form action="\.\.\/history\/cabin"/)
  assert.match(device, /<summary>IPv4: signed by cabin, how to check it<\/summary>/)
  assert.ok(device.includes(`Content-Digest: ${proofOf(cabin).contentDigest}`))
})

test('the timeline covers 90 days unless another period is chosen', async t => {
  const { page } = await startPages(t, home)
  assert.match(await page('/getip/home'), /<a href="\?days=90" aria-current="true">90 days<\/a>/)
  for (const [days, begin] of [
    ['30', '24 Oct'],
    ['365', '23 Nov 2025'],
    ['all', '19 Nov'],
  ]) {
    const device = await page(`/getip/home?days=${days}`)
    assert.match(device, new RegExp(`<a href="\\?days=${days}" aria-current="true">`))
    assert.match(device, new RegExp(`<p class="axis soft"><span><time [^>]*>${begin}<`))
  }
})

test('a bar of the timeline has the address, when it was seen first and last, and how long it lasted', async t => {
  const { page } = await startPages(t, home)
  assert.deepEqual((await timelineTexts(page, 'home')).slice(0, 2), [
    '203.0.113.7, 24 hours: 19 Nov 2026, 14:03 – 20 Nov 2026, 14:03',
    '203.0.113.9, less than a minute: 22 Nov 2026, 13:59 – 22 Nov 2026, 13:59',
  ])
})

test('the timeline shows the details of what is the latest: an outage in progress, or the address', async t => {
  const { page } = await startPages(t, [...home, boat])
  const latest = async (device: string) => (await timelineTexts(page, device, 'latest'))[0]
  assert.equal(await latest('boat'), 'No report for 35 days: since 17 Oct 2026, 15:08')
  assert.equal(
    await latest('home'),
    '203.0.113.9, less than a minute: 22 Nov 2026, 13:59 – 22 Nov 2026, 13:59',
  )
})

/** The details of the parts of a timeline, or of those of one class. */
async function timelineTexts(page: (path: string) => Promise<string>, device: string, name = '') {
  const parts = (await page(`/getip/${device}`)).matchAll(
    /<g class="([^"]*)".*?<text[^>]*>(.*?)<\/text><text[^>]*>(.*?)<\/text>/g,
  )
  return [...parts]
    .filter(([, names]) => names?.includes(name))
    .map(([, , what, when]) => `${what}: ${when}`.replace(/<[^>]*>/g, ''))
}

test('the history has a row for each entry, with its length', async t => {
  const { page } = await startPages(t, home)
  const [table = ''] = (await page('/history/home')).split('</table>')
  const rows = table.split('<tr>').slice(2)
  const texts = rows.map(row =>
    row
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  assert.equal(texts.at(-1), '203.0.113.7 IPv4 19 Nov 2026, 14:03 20 Nov 2026, 14:03 24 hours')
  assert.match(String(texts[2]), /^No report 20 Nov 2026, 14:08 22 Nov 2026, 13:59 47 hours outage/)
})

test('without a device the first page says what to do next', async t => {
  const { viewer, page } = await startPages(t, [])
  assert.equal(await viewer.text('/getip'), '')
  assert.equal(await viewer.text('/history'), '')
  assert.deepEqual(await viewer.json('/getip'), { addresses: [], next: null })
  assert.match(await page('/'), /<h1>No device has reported yet<\/h1>[\s\S]*ipupdater-admin device add home/)
})

test('a page runs only its own style and script, loads nothing from elsewhere, and is not indexed', async t => {
  const { viewer, page } = await startPages(t, home)
  const policy = (await viewer.get('/', browser)).headers.get('content-security-policy') ?? ''
  assert.match(
    policy,
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='; /,
  )
  for (const rule of [
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]) {
    assert.ok(policy.includes(rule), rule)
  }
  for (const path of ['/', '/getip/home', '/history']) {
    const markup = await page(path)
    assert.doesNotMatch(markup, / style=| on\w+="|<script src|src="/)
    assert.deepEqual(
      [...markup.matchAll(/https?:\/\/[^"/]*/g)]
        .map(String)
        .filter(url => url !== 'https://www.rfc-editor.org'),
      [],
    )
  }
  for (const path of [
    '/',
    '/getip/home',
    '/history?format=csv',
    '/healthz',
    '/readyz',
    '/nothing',
    '/icon/late.svg',
  ]) {
    const { headers } = await viewer.get(path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    assert.equal(headers.get('x-robots-tag'), 'noindex', path)
  }
})

test('four devices with a full strip take at most 60 kB', async t => {
  const reports = ['home', 'cabin', 'boat', 'office']
    .flatMap((device, d) =>
      Array.from({ length: 95 }, (_, ago) => [
        { device, address: `203.0.113.${ago}`, at: noonish - ago * day - d },
        {
          device,
          address: `2001:db8:85a3:1234:5678:8a2e:1370:${1000 + ago}`,
          at: noonish - ago * day + 1 + d,
        },
      ]).flat(),
    )
    .reverse()
  const { page } = await startPages(t, reports)
  const bytes = Buffer.byteLength(await page('/'))
  assert.ok(bytes <= 60_000, `${bytes} bytes`)
})

test('a badge has the name and the state of a device, and no address', async t => {
  const { viewer } = await startPages(t, [cabin])
  const svg = await viewer.get('/badge/cabin.svg')
  assert.equal(svg.headers.get('content-type'), 'image/svg+xml')
  const markup = await svg.text()
  assert.match(markup, /aria-label="cabin: late"/)
  assert.doesNotMatch(markup, /198\.51/)
  assert.deepEqual(await viewer.json('/badge/cabin.json'), {
    schemaVersion: 1,
    label: 'cabin',
    message: 'late',
    color: '#a84d00',
  })
  assert.equal((await viewer.get('/badge/nobody.svg')).status, 404)
  assert.equal((await viewer.get('/badge/cabin.png')).status, 404)
})

test('each state has an icon, even before there is a database', async t => {
  const viewer = await startViewer(t)
  for (const name of ['icon/silent.svg', 'icon/up-to-date.svg', 'favicon.ico']) {
    const icon = await viewer.get(`/${name}`)
    assert.equal(icon.headers.get('content-type'), 'image/svg+xml')
    assert.match(await icon.text(), /^<svg /)
  }
  assert.equal((await viewer.get('/icon/other.svg')).status, 404)
})

test('of a device with two senders for weeks, the page says since when it draws and counts', async t => {
  const viewer = await startViewer(t)
  const flips = Array.from({ length: 5_100 }, (_, turn) => ({
    address: `203.0.113.${turn % 2}`,
    at: noonish - (5_100 - turn) * 5 * minute,
  }))
  await report(viewer.dir, ...flips)
  const said = /There is too much to draw: this is the time since <time[^>]*>[^<]+<\/time>\./
  assert.match(await viewer.text('/getip/home', browser), said)
  assert.match(await viewer.text('/', browser), said)
})
