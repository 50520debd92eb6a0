import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import type { Report } from '../../services/viewer/fixtures/viewer.ts'
import { report } from '../../services/viewer/fixtures/viewer.ts'

/** Where to leave pictures of every page, to be looked at; unset: no pictures. */
const pictures = process.env.SCREENSHOTS || null

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 800 }

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let browser: Browser

before(async () => {
  const path = executable()
  assert.ok(
    path,
    'these tests need Chromium: apt-get install --no-install-recommends chromium, or CHROMIUM=/path/to/it',
  )
  // Its sandbox needs rights that containers and CI machines do not give; the pages are our own.
  browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] })
})

after(() => browser?.close())

function executable(): string | null {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  return null
}

/** The viewer as it is started by hand, over a database of these reports; none: no database. */
async function startViewer(t: TestContext, reports: Report[] | null): Promise<{ url: string; dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'browser-'))
  if (reports !== null) await report(dir, ...reports)
  const program = spawn(process.execPath, ['services/viewer/main.ts'], {
    env: { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dir, TZ: 'Europe/Berlin' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    program.kill('SIGKILL')
    await rm(dir, { recursive: true })
  })
  let output = ''
  for await (const chunk of program.stdout.setEncoding('utf8')) {
    output += chunk
    const [, url] = / ready url=(http:\S+)/.exec(output) ?? []
    if (url !== undefined) return { url, dir }
  }
  throw new Error(`the viewer did not start: ${output}`)
}

function household(): Report[] {
  const now = Date.now()
  const long = '2001:db8:85a3:1234:5678:8a2e:1370:7334'
  return [
    { device: 'nas', address: '198.51.100.9', at: now - 9 * day, interval: null },
    { device: 'cabin-by-the-lake', address: '198.51.100.20', at: now - 26 * hour },
    { device: 'home', address: '203.0.113.7', at: now - 30 * day },
    { device: 'home', address: '203.0.113.7', at: now - 12 * day },
    { device: 'home', address: '203.0.113.9', at: now - 2 * hour },
    { device: 'home', address: '203.0.113.9', at: now - 3 * minute },
    { device: 'home', address: long, at: now - 3 * minute + 1 },
    { device: 'office', address: '203.0.113.31', at: now - 12 * minute, interval: 900 },
    { device: 'office', address: '203.0.113.32', at: now - 8 * minute, interval: 900 },
    { device: 'office', address: '203.0.113.31', at: now - 2 * minute, interval: 900 },
  ]
}

/** A page that fails the test for whatever the browser complains of: a blocked style, a missing file, a script. */
async function openPage(t: TestContext, viewport: typeof phone, colorScheme: 'light' | 'dark' = 'light') {
  const page = await browser.newPage({ viewport, colorScheme })
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('requestfailed', request => complaints.push(`${request.url()} failed`))
  page.on('request', request => {
    if (!['document', 'fetch'].includes(request.resourceType()))
      complaints.push(`${request.url()} was requested`)
  })
  t.after(() => page.close())
  return { page, complaints }
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === null) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

for (const [size, viewport] of Object.entries({ phone, desk })) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`on a ${size} in ${scheme} colours every page fits and loads nothing beside itself`, async t => {
      const { url } = await startViewer(t, household())
      const { page, complaints } = await openPage(t, viewport, scheme)
      const paths = {
        addresses: '/',
        device: '/getip/home',
        late: '/getip/cabin-by-the-lake',
        history: '/history',
      }
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(url + path)
        assert.equal(await overflow(page), 0, `${path} is wider than the screen`)
        await picture(page, `${name}-${size}-${scheme}`)
      }
      await page.goto(`${url}/getip/home`)
      await page.getByText('how to check it').first().click()
      assert.ok(await page.getByText('Content-Digest:').first().isVisible())
      assert.equal(await overflow(page), 0, 'a proof is wider than the screen')
      await picture(page, `proof-${size}-${scheme}`)
      assert.deepEqual(complaints, [])
    })
  }
}

test('the style is applied under its policy, and the colours follow the scheme', async t => {
  const { url } = await startViewer(t, household())
  const grounds = []
  for (const scheme of ['light', 'dark'] as const) {
    const { page } = await openPage(t, desk, scheme)
    await page.goto(url)
    grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
  }
  assert.equal(new Set(grounds).size, 2)
  assert.ok(!grounds.includes('rgba(0, 0, 0, 0)'))
})

test('a person finds the way from the addresses to a device, its history and back', async t => {
  const { url } = await startViewer(t, household())
  const { page } = await openPage(t, phone)
  await page.goto(url)
  await page.getByRole('link', { name: 'home' }).first().click()
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'home')
  await page.getByRole('link', { name: 'History of home' }).click()
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'History of home')
  assert.ok((await page.getByText('No report').count()) > 0)
  await page.getByRole('link', { name: 'ipupdater' }).click()
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '3 of 4 devices need a look')
})

test('a table stays a table for those who listen to it, also where a phone shows it as a list', async t => {
  const { url } = await startViewer(t, household())
  const { page } = await openPage(t, phone)
  await page.goto(url)
  const rows = page.getByRole('table').getByRole('row')
  assert.equal(await rows.count(), 6) // the header and five addresses
  assert.equal(await page.getByRole('rowheader', { name: 'cabin-by-the-lake' }).count(), 1)
})

test('a page that waits for the database shows it without a click once it is there', async t => {
  const { url, dir } = await startViewer(t, null)
  const { page } = await openPage(t, phone)
  await page.goto(url)
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'There is no database yet')
  await picture(page, 'waiting-phone-light')
  await report(dir)
  await page.getByRole('heading', { name: 'No device has reported yet' }).waitFor({ timeout: 15_000 })
  assert.equal(await overflow(page), 0)
  await picture(page, 'nothing-yet-phone-light')
})
