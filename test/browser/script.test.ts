import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INSECURE, useBrowser } from './fixtures/browser.ts'
import { household, minute, startViewer } from './fixtures/viewer-program.ts'

const { open } = useBrowser()

test('a report changes the page without a reload, and scroll, open parts and typed text stay', async t => {
  const viewer = await startViewer(t, household())
  const { page, complaints } = await open(t, { viewport: { width: 360, height: 400 } })
  await page.goto(`${viewer.url}/getip/home`)
  await page.evaluate('window.isSamePage = true')
  await page.locator('summary').first().click()
  await page.locator('input[name=from]').fill('2026-01-02')
  await page.locator('input[name=from]').focus()
  const place = () =>
    page.evaluate("Math.round(document.querySelector('input[name=from]').getBoundingClientRect().top)")
  const before = await place()
  await viewer.report({ address: '203.0.113.10', at: Date.now() })
  await page.locator('.now code').filter({ hasText: '203.0.113.10' }).waitFor()
  assert.equal(await page.evaluate('window.isSamePage'), true)
  assert.equal(await page.evaluate('document.activeElement.name'), 'from')
  assert.equal(await page.locator('input[name=from]').inputValue(), '2026-01-02')
  assert.ok(await page.getByText('Content-Digest:').first().isVisible())
  assert.equal(await place(), before) // what was in view stays in its place, even if text above it became longer
  assert.deepEqual(complaints, [])
})

test('title and icon follow the worst state', async t => {
  const viewer = await startViewer(t, [{ address: '203.0.113.1', at: Date.now() - 26 * 60 * minute }])
  const { page } = await open(t)
  await page.goto(viewer.url)
  assert.equal(await page.title(), '(1) 1 device · ipupdater')
  await viewer.report({ address: '203.0.113.1', at: Date.now() })
  await page.getByRole('heading', { name: 'home is up to date' }).waitFor()
  assert.equal(await page.title(), '1 device · ipupdater')
  assert.equal(
    await page.evaluate("document.querySelector('link').getAttribute('href')"),
    './icon/up-to-date.svg',
  )
})

test('a page survives a restart of the viewer, and shows what came in the meantime', async t => {
  const viewer = await startViewer(t, household())
  const { page } = await open(t)
  await page.goto(viewer.url)
  await page.evaluate('window.isSamePage = true')
  await viewer.kill()
  await viewer.report({ address: '203.0.113.11', at: Date.now() })
  await viewer.start()
  await page.locator('code').filter({ hasText: '203.0.113.11' }).waitFor()
  assert.equal(await page.evaluate('window.isSamePage'), true)
})

test('a page that waits for the database shows it without a click once it is there', async t => {
  const viewer = await startViewer(t, null)
  const { page } = await open(t)
  await page.goto(viewer.url)
  await page.getByRole('heading', { name: 'There is no database yet' }).waitFor()
  await viewer.report({ address: '203.0.113.1', at: Date.now() })
  await page.getByRole('heading', { name: 'home is up to date' }).waitFor()
})

test('ages tick by the clock of the server, however wrong the clock of the reader is', async t => {
  const viewer = await startViewer(t, [{ address: '203.0.113.1', at: Date.now() - 3 * minute - 5_000 }])
  const { page } = await open(t)
  await page.clock.install({ time: Date.now() + 400 * 24 * 60 * minute })
  await page.goto(viewer.url)
  const age = page.locator('time.ago').first()
  assert.equal(await age.textContent(), '3 minutes ago')
  await page.clock.runFor(2 * minute)
  assert.equal(await age.textContent(), '5 minutes ago')
})

test('times are in the zone and language of the reader, and without JavaScript in the zone of the server', async t => {
  const at = Date.UTC(2026, 10, 22, 13, 3, 20)
  const viewer = await startViewer(t, [{ address: '203.0.113.1', at, interval: null }])
  const times = async (options: Parameters<typeof open>[1]) => {
    const { page } = await open(t, options)
    await page.goto(`${viewer.url}/getip/home?days=all`)
    const first = (name: string) => page.locator(name).first().textContent()
    return [await first('td time'), await first('.timeline .minute'), await first('.zone')]
  }
  assert.deepEqual(await times({ locale: 'de-DE', timezoneId: 'Asia/Tokyo' }), [
    '22.11.2026, 22:03',
    '22.11.2026, 22:03',
    'Asia/Tokyo',
  ])
  assert.deepEqual(await times({ javaScriptEnabled: false, timezoneId: 'Asia/Tokyo' }), [
    '22 Nov 2026, 14:03',
    '22 Nov 2026, 14:03',
    'Europe/Berlin',
  ])
})

test('without JavaScript everything is there but Copy, and the page loads again once a minute', async t => {
  const viewer = await startViewer(t, household())
  const { page } = await open(t, { javaScriptEnabled: false })
  await page.goto(viewer.url)
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '2 of 4 devices need a look')
  assert.equal(await page.getByRole('button').count(), 0)
  assert.equal(await page.locator('meta[http-equiv=refresh]').getAttribute('content'), '60')
  await page.getByRole('link', { name: 'home' }).first().click()
  await page.locator('select[name=kind]').selectOption('outage')
  await page.getByRole('button', { name: 'Filter' }).click()
  assert.match(page.url(), /\/history\/home\?from=&to=&family=&kind=outage$/)
  assert.equal(await page.getByRole('row').count(), 4) // the heading and three outages
})

for (const host of ['127.0.0.1', INSECURE]) {
  test(`Copy copies the address, ${host === INSECURE ? 'also over plain HTTP' : 'in a secure context'}`, async t => {
    const viewer = await startViewer(t, household())
    const { page, complaints } = await open(t)
    await page.goto(`http://${host}:${viewer.port}/`)
    assert.equal(await page.evaluate('isSecureContext'), host !== INSECURE)
    if (host !== INSECURE) await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const copy = page.getByRole('button', { name: 'Copy 2001:db8:85a3:1234:5678:8a2e:1370:7334' })
    await copy.click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    // What was copied, as pasting shows it: a page that is no secure context cannot read the clipboard.
    await page.goto(`http://${host}:${viewer.port}/history/home`)
    await page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    await page.locator('textarea').focus()
    await page.keyboard.press('Control+V')
    assert.equal(await page.locator('textarea').inputValue(), '2001:db8:85a3:1234:5678:8a2e:1370:7334')
    assert.deepEqual(complaints, [])
  })
}

test('paging stays right while entries arrive', async t => {
  const now = Date.now()
  const restless = Array.from({ length: 120 }, (_, i) => ({
    address: `203.0.113.${i}`,
    at: now - (121 - i) * minute,
  }))
  const viewer = await startViewer(t, restless)
  const { page } = await open(t)
  await page.goto(`${viewer.url}/history/home`)
  const addresses = () => page.locator('tbody code').allInnerTexts()
  const first = await addresses()
  await page.getByRole('link', { name: 'Older' }).click()
  assert.equal(await page.getByText('51–100').count(), 1)
  await viewer.report({ address: '203.0.113.200', at: now })
  await page.getByRole('link', { name: 'Newer' }).click()
  assert.deepEqual(await addresses(), first)
  await page.getByRole('link', { name: 'Newer' }).click()
  assert.deepEqual(await addresses(), ['203.0.113.200'])
})
