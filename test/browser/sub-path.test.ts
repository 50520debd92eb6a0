import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { useBrowser } from './fixtures/browser.ts'
import { household, startViewer } from './fixtures/viewer-program.ts'

const { open } = useBrowser()

/** nginx with its default settings, and the viewer under /ip/ as docs/deployment.md says. */
async function startNginx(t: TestContext, viewerPort: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nginx-'))
  const port = await freePort()
  const config = `
    daemon off; pid ${dir}/pid; error_log stderr; worker_processes 1;
    events {}
    http {
      access_log off;
      client_body_temp_path ${dir}/a; proxy_temp_path ${dir}/b; fastcgi_temp_path ${dir}/c; uwsgi_temp_path ${dir}/d; scgi_temp_path ${dir}/e;
      server { listen 127.0.0.1:${port}; location /ip/ { proxy_pass http://127.0.0.1:${viewerPort}/; } }
    }`
  await writeFile(join(dir, 'nginx.conf'), config)
  const nginx = spawn('nginx', ['-c', join(dir, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] })
  t.after(async () => {
    nginx.kill('SIGKILL')
    await rm(dir, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}/ip/`
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return url
    await sleep(50)
  }
  throw new Error('nginx did not start')
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

test('under a sub-path of nginx every link works, and a report changes the page', async t => {
  const viewer = await startViewer(t, household())
  const url = await startNginx(t, viewer.port)
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
