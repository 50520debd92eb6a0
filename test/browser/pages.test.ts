import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, desk, phone, useBrowser } from './fixtures/browser.ts'
import { household, startDemo, startViewer } from './fixtures/viewer-program.ts'

const { open } = useBrowser()

/** A directory for pictures of every page, to look at; unset: none. */
const pictures = process.env.SCREENSHOTS || null

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === null) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

const paths = {
  devices: '/',
  device: '/getip/home',
  year: '/getip/boat?days=365',
  history: '/history',
  filtered: '/history/home?kind=outage',
  empty: '/history/home?to=2001-01-01',
  error: '/getip/nobody',
}

for (const [size, viewport] of Object.entries({ phone, desk })) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`on a ${size} in ${colorScheme} colours every page fits, is accessible, and breaks no policy`, async t => {
      const { url } = await startDemo(t)
      const { page, complaints } = await open(t, { viewport, colorScheme })
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(url + path)
        for (const details of await page.locator('summary').all()) await details.click()
        await assertFits(page)
        await assertAccessible(page)
        await picture(page, `${name}-${size}-${colorScheme}`)
      }
      assert.deepEqual(
        complaints.filter(text => !text.includes('404')),
        [],
      )
    })
  }
}

test('on a phone everything to tap is at least 44 pixels high', async t => {
  const { url } = await startViewer(t, household())
  const { page } = await open(t, { viewport: phone })
  for (const path of Object.values(paths)) {
    await page.goto(url + path)
    // A link within a sentence is as high as its line (WCAG 2.5.8, "inline").
    const small = await page.evaluate(`[...document.querySelectorAll('a, button, input, select, summary')]
      .filter(e => e.getClientRects().length > 0 && !e.closest('details p'))
      .filter(e => { const { width, height } = e.getBoundingClientRect(); return height < 43.5 || width < 43.5 })
      .map(e => e.outerHTML)`)
    assert.deepEqual(small, [], path)
  }
})

test('more than twelve devices, and no device at all, are accessible pages that fit', async t => {
  const many = Array.from({ length: 40 }, (_, i) => ({
    device: `device-with-a-long-name-${i}`,
    address: i % 2 ? `203.0.113.${i}` : `2001:db8:85a3:1234:5678:8a2e:1370:${7000 + i}`,
    at: Date.now() - i * 60_000,
  }))
  for (const [name, reports] of Object.entries({ many, none: [] })) {
    const { url } = await startViewer(t, reports)
    for (const viewport of [phone, desk]) {
      const { page } = await open(t, { viewport })
      await page.goto(url)
      await assertFits(page)
      await assertAccessible(page)
      await picture(page, `${name}-${viewport === phone ? 'phone' : 'desk'}`)
    }
  }
})

test('a page printed in the dark has black text on white, and nothing to click', async t => {
  const { url } = await startDemo(t)
  const { page } = await open(t, { colorScheme: 'dark' })
  await page.goto(url)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const { ground, ink } =
    (await page.evaluate(`(({ backgroundColor: ground, color: ink }) => ({ ground, ink }))(
    getComputedStyle(document.body))`)) as { ground: string; ink: string }
  assert.equal(ground, 'rgb(255, 255, 255)')
  assert.equal(ink, 'rgb(28, 31, 35)')
  assert.equal(await page.getByRole('button').count(), 0)
  await picture(page, 'print')
})

test('with forced colours the states still differ, and with reduced motion nothing moves', async t => {
  const { url } = await startDemo(t)
  const { page } = await open(t, { forcedColors: 'active', reducedMotion: 'reduce' })
  await page.goto(url)
  const fills = (await page.evaluate(`['reported', 'silent', 'unknown'].map(name =>
    getComputedStyle(document.querySelector('.legend path.' + name)).fill)`)) as string[]
  assert.equal(new Set(fills).size, 3)
  assert.equal(
    await page.evaluate("getComputedStyle(document.querySelector('.card')).transitionDuration"),
    '0s',
  )
  await assertAccessible(page)
  await picture(page, 'forced-colours')
})

test('a table stays a table for a screen reader, even if a phone shows it as a list', async t => {
  const { url } = await startViewer(t, household())
  const { page } = await open(t, { viewport: phone })
  await page.goto(`${url}/history/home`)
  assert.equal(await page.getByRole('table').getByRole('row').count(), 7)
  assert.equal(await page.getByRole('columnheader').count(), 5)
})

test('the keyboard leads from the first page to a device and back, and opens how to check the signature', async t => {
  const { url } = await startViewer(t, household())
  const { page } = await open(t)
  await page.goto(url)
  const focused = () => page.evaluate('document.activeElement.textContent')
  const seen: unknown[] = []
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab')
    seen.push(await focused())
  }
  assert.deepEqual(seen, ['ipupdater', 'Devices', 'History', 'cabin-by-the-lake'])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'cabin-by-the-lake' }).waitFor()
  await page.locator('summary').first().focus()
  await page.keyboard.press('Enter')
  await page.getByText('Content-Digest:').waitFor()
})

test('a bar of the timeline shows its details to a pointer and to a tap', async t => {
  const day = 86_400_000
  const reported = (days: number, address: string) => ({
    ...{ device: 'home', address, at: Date.now() - days * day },
    interval: null, // no outages, whose bars lie on those of the addresses
  })
  const { url } = await startViewer(t, [
    reported(20, '203.0.113.7'),
    reported(10, '203.0.113.7'),
    reported(0.1, '203.0.113.9'),
  ])
  for (const hasTouch of [false, true]) {
    const { page } = await open(t, { hasTouch, viewport: phone })
    await page.goto(`${url}/getip/home`)
    const bar = page.locator('.bar').first()
    const details = bar.locator('text').first()
    assert.equal(await details.isVisible(), false)
    if (hasTouch) await bar.locator('rect').tap()
    else await bar.locator('rect').hover()
    await details.waitFor({ state: 'visible' })
    assert.equal(await details.textContent(), '203.0.113.7, 10 days')
    await assertFits(page)
  }
})
