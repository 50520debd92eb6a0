import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { readSettings } from '@ipupdater/runtime'
import { minute, noonish, report, startViewer } from '../fixtures/viewer.ts'
import { viewerSettings } from '../settings.ts'

const update = { address: '203.0.113.7', at: noonish - minute }

test('a request with another host name than ALLOWED_HOSTS gets a sentence and no address', async t => {
  const viewer = await startViewer(t, { allowedHosts: ['ip.example.org', '127.0.0.1'] })
  await report(viewer.dir, update)
  for (const path of ['/', '/getip', '/getip/home', '/history', '/history/home', '/nothing']) {
    for (const accept of ['text/plain', 'application/json', 'text/html']) {
      const { status, body } = await get(viewer.url + path, 'rebound.example.com:8081', accept)
      assert.equal(status, 421, path)
      assert.doesNotMatch(body, /203\.0\.113\.7/)
      assert.match(body, /rebound\.example\.com/)
      assert.match(body, /ALLOWED_HOSTS/)
    }
  }
})

test('an allowed host name is served, in any case, with any port, with a dot at its end', async t => {
  const viewer = await startViewer(t, { allowedHosts: ['ip.example.org', '[::1]'] })
  await report(viewer.dir, update)
  for (const host of [
    'ip.example.org',
    'IP.example.ORG',
    'ip.example.org:8081',
    'ip.example.org.',
    '[::1]:1',
  ]) {
    const { status, body } = await get(`${viewer.url}/getip/home`, host)
    assert.deepEqual([status, body], [200, '203.0.113.7\n'], host)
  }
  for (const host of ['example.org', 'x.ip.example.org', 'ip.example.org.evil.example', '127.0.0.1']) {
    assert.equal((await get(`${viewer.url}/getip/home`, host)).status, 421, host)
  }
})

test('X-Forwarded-Host does not count: anyone can write it', async t => {
  const viewer = await startViewer(t, { allowedHosts: ['ip.example.org'] })
  const { status } = await get(`${viewer.url}/getip`, 'evil.example', '*/*', 'ip.example.org')
  assert.equal(status, 421)
})

test('health is answered under any host name, because it shows no address', async t => {
  const viewer = await startViewer(t, { allowedHosts: ['ip.example.org'] })
  assert.equal((await get(`${viewer.url}/healthz`, 'localhost')).status, 200)
})

test('without ALLOWED_HOSTS any host name is served', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, update)
  assert.equal((await get(`${viewer.url}/getip/home`, 'anything.example')).status, 200)
})

test('ALLOWED_HOSTS takes host names and addresses without a port', () => {
  const read = (value: string) => readSettings({ ALLOWED_HOSTS: value }, viewerSettings).allowedHosts
  assert.deepEqual(read(''), [])
  assert.deepEqual(read('ip.example.org, LOCALHOST,192.0.2.1,[2001:db8::1]'), [
    'ip.example.org',
    'localhost',
    '192.0.2.1',
    '[2001:db8::1]',
  ])
  for (const value of [
    'ip.example.org:8081',
    'http://ip.example.org',
    'a/b',
    'a b',
    '::1',
    '*',
    'a,',
    'a.',
  ]) {
    assert.throws(() => read(value), /ALLOWED_HOSTS/, value)
  }
})

/** With a Host of its own, which fetch does not send. */
function get(url: string, host: string, accept = 'text/plain', forwardedHost?: string) {
  const headers = { host, accept, ...(forwardedHost && { 'x-forwarded-host': forwardedHost }) }
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const sent = request(url, { headers }, async answer => {
      let body = ''
      for await (const chunk of answer) body += chunk
      resolve({ status: answer.statusCode, body })
    })
    sent.on('error', reject)
    sent.end()
  })
}
