import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { freePort } from '../fixtures/free-port.ts'
import { startNginx } from '../fixtures/nginx.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { useBrowser } from './fixtures/browser.ts'
import { household, startViewer } from './fixtures/viewer-program.ts'

// The recipes "A login in front of the viewer" of docs/deployment.md, as they are written there.

const { open } = useBrowser()
const PASSWORD = 'correct horse'

test('behind the login nothing is shown without the password, and everything with it', async t => {
  const { url } = await startProxy(t, { withBadges: false })
  for (const path of [
    '/',
    '/getip/home',
    '/history?format=csv',
    '/badge/home.svg',
    '/wait?page=getip/home',
    '/openapi.json',
  ]) {
    assert.equal((await get(url, path)).status, 401, path)
    assert.equal((await get(url, path, PASSWORD)).status, 200, path)
    assert.equal((await get(url, path, 'wrong')).status, 401, path)
  }
})

test('with badges in the open, they are all that is', async t => {
  const { url } = await startProxy(t, { withBadges: true })
  for (const path of ['/badge/home.svg', '/badge/home.json'])
    assert.equal((await get(url, path)).status, 200, path)
  for (const path of [
    '/',
    '/badge',
    '/getip/home',
    '/badge/../getip/home',
    '/badge/%2e%2e/getip/home',
    '/badge/..%2fgetip/home',
    '/badge//../getip/home',
    '/badge/./../getip/home',
    '/badge/home.svg/../../getip/home',
    '/badge/?page=getip/home',
    '/badge/wait?page=getip/home',
    '/badge/home.json?format=text',
    '//badge/../getip/home',
  ]) {
    const { status, body } = await get(url, path)
    assert.doesNotMatch(body, /203\.0\.113|2001:db8/, path)
    assert.ok(status !== 200 || path.includes('home.json'), `${path}: ${status}`)
  }
})

test('with the password, a report changes the page in a browser behind the login', async t => {
  const { url, viewer } = await startProxy(t, { withBadges: true })
  const { page, complaints } = await open(t, { httpCredentials: { username: 'me', password: PASSWORD } })
  await page.goto(url)
  await viewer.report({ address: '203.0.113.12', at: Date.now() })
  await page.locator('code').filter({ hasText: '203.0.113.12' }).waitFor()
  assert.deepEqual(complaints, [])
})

async function startProxy(t: TestContext, { withBadges }: { withBadges: boolean }) {
  const viewer = await startViewer(t, household())
  const dir = temporaryDirectory()
  const users = join(dir, 'users')
  const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).trim()
  await writeFile(users, `me:${hash}\n`, { mode: 0o644 })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = configuration(withBadges)
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${viewer.port}`)
    .replaceAll('/etc/nginx/ipupdater.users', users)
  const nginx = await startNginx(dir, `listen 127.0.0.1:${port};\n${server}`, url)
  t.after(async () => {
    await nginx[Symbol.asyncDispose]()
  })
  return { url, viewer }
}

/** What the document says of nginx, without its port and TLS. */
function configuration(withBadges: boolean): string {
  const document = readFileSync(join(import.meta.dirname, '../../docs/deployment.md'), 'utf8')
  const blocks = [...document.matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const [server = ''] = blocks
  const login = blocks.find(block => block.includes('auth_basic_user_file'))
  const badges = blocks.find(block => block.includes('auth_basic off'))
  assert.ok(login && badges)
  const locations = server.replace(/^server \{|^\}|^ *(listen|server_name|ssl_).*/gm, '')
  return `${login}${withBadges ? badges : ''}${locations}`
}

/** With the path as it is: fetch would resolve its dots. */
function get(url: string, path: string, password?: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const auth = password === undefined ? {} : { auth: `me:${password}` }
    const sent = request({ hostname, port, path, ...auth }, async answer => {
      let body = ''
      for await (const chunk of answer) body += chunk
      resolve({ status: Number(answer.statusCode), body })
    })
    sent.on('error', reject)
    sent.end()
  })
}
