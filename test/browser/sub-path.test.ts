import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { freePort } from '../fixtures/free-port.ts'
import { startNginx } from '../fixtures/nginx.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { useBrowser } from './fixtures/browser.ts'
import { household, startViewer } from './fixtures/viewer-program.ts'

const { open } = useBrowser()

/** The viewer under /ip/ of nginx, as docs/deployment.md says. */
async function startProxy(t: TestContext, viewerPort: number): Promise<string> {
  const dir = temporaryDirectory()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/ip/`
  const location = `location /ip/ { proxy_pass http://127.0.0.1:${viewerPort}/; }`
  const nginx = await startNginx(dir, `listen 127.0.0.1:${port}; ${location}`, url)
  t.after(async () => {
    await nginx[Symbol.asyncDispose]()
  })
  return url
}

test('under a sub-path of nginx every link works, and a report changes the page', async t => {
  const viewer = await startViewer(t, household())
  const url = await startProxy(t, viewer.port)
  const { page, complaints } = await open(t)
  await page.goto(url)
  await page.getByRole('link', { name: 'home', exact: true }).click()
  assert.equal(page.url(), `${url}getip/home`)
  await page.getByRole('link', { name: 'a year' }).click()
  await page.getByRole('button', { name: 'Filter' }).click()
  assert.ok(page.url().startsWith(`${url}history/home?`))
  await page.getByRole('link', { name: 'ipupdater' }).click()
  assert.equal(page.url(), url)
  await viewer.report({ address: '203.0.113.12', at: Date.now() })
  await page.locator('code').filter({ hasText: '203.0.113.12' }).waitFor()
  assert.deepEqual(complaints, [])
})
