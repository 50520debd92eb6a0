import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeProblem } from '@ipupdater/protocol'
import { viewerRefusal } from './viewer-refusal.ts'

const viewerUrl = new URL('https://ddns.example.org/getip/home')

interface Given {
  status: number
  headers?: Record<string, string | string[]>
  body?: string
  url?: URL
}

const cases: [what: string, given: Given, code: string, detail: string | undefined][] = [
  [
    'a receiver',
    { status: 404, body: encodeProblem('not-found') },
    'receiver-not-viewer',
    'it has no /getip/home',
  ],
  [
    'a receiver',
    { status: 405, body: encodeProblem('method-not-allowed') },
    'receiver-not-viewer',
    'it has no /getip/home',
  ],
  [
    'a problem',
    { status: 503, body: encodeProblem('storage-unavailable', 'no disk') },
    'storage-unavailable',
    'no disk',
  ],
  ['a problem without detail', { status: 503, body: encodeProblem('stopping') }, 'stopping', undefined],
  ['a login page', { status: 401 }, 'login-required', 'status 401'],
  ['a closed page', { status: 403 }, 'login-required', 'status 403'],
  [
    'a refused login',
    { status: 401, url: new URL('https://me:pass@ddns.example.org/getip/home') },
    'login-required',
    'status 401, user name and password are not accepted',
  ],
  ['a redirect', { status: 300, headers: { location: '/login' } }, 'redirected', 'status 300 to "/login"'],
  [
    'a redirect with two targets',
    { status: 302, headers: { location: ['/a', '/b'] } },
    'redirected',
    'status 302 to "/a"',
  ],
  ['a redirect without a target', { status: 399 }, 'redirected', 'status 399'],
  ['a bad request', { status: 400 }, 'not-our-viewer', 'status 400'],
  ['another success', { status: 204 }, 'not-our-viewer', 'status 204'],
  ['a captive portal', { status: 511 }, 'captive-portal', 'status 511'],
  ['a busy proxy', { status: 429 }, 'proxy-failed', 'status 429'],
  ['a failed proxy', { status: 500 }, 'proxy-failed', 'status 500'],
]

for (const [what, { status, headers = {}, body = '', url = viewerUrl }, code, detail] of cases) {
  test(`${what} of status ${status} in the place of the viewer's answer is ${code}`, () => {
    const error = viewerRefusal({ status, headers, body: Buffer.from(body) }, url)
    assert.deepEqual([error.code, error.detail], [code, detail])
    assert.doesNotMatch(error.message, /SERVER_URL|:pass@/)
  })
}
