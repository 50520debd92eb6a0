import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeProblem } from '@ipupdater/protocol'
import type { ClientError } from '../errors.ts'
import type { Answer } from '../http.ts'
import { assertNotRefused } from './refusal.ts'

const ipUrl = new URL('http://ddns.example.org:8080/ip')

interface Given extends Partial<Omit<Answer, 'body'>> {
  body?: string
  isSigned?: boolean
  url?: URL
}

/** What the answer is refused as; null if it is accepted. */
function refusalOf({ status = 200, headers = {}, body = '', isSigned = false, url = ipUrl }: Given) {
  try {
    assertNotRefused({ status, headers, body: Buffer.from(body) }, isSigned, url)
    return null
  } catch (error) {
    const { code, detail, advice, retryAfterMs } = error as ClientError
    return { code, detail, advice, retryAfterMs }
  }
}

for (const status of [200, 204, 299]) {
  test(`a signed answer of status ${status} is accepted`, () => {
    assert.equal(refusalOf({ status, isSigned: true }), null)
  })
}

for (const status of [199, 300, 404]) {
  test(`a signed answer of status ${status} that is no problem is not understood`, () => {
    const refusal = refusalOf({ status, isSigned: true, body: 'odd' })
    assert.deepEqual([refusal?.code, refusal?.detail], ['answer-unknown', `status ${status}`])
  })
}

test('a signed problem is passed on with its detail and its pause', () => {
  const body = encodeProblem('rate-limited', 'too many reports', { retryAfter: 30 })
  const refusal = refusalOf({ status: 429, isSigned: true, body, headers: { 'retry-after': '7' } })
  assert.deepEqual(
    [refusal?.code, refusal?.detail, refusal?.retryAfterMs],
    ['rate-limited', 'too many reports', 30_000],
  )
})

test('a signed problem without a detail or a pause has none', () => {
  const refusal = refusalOf({ status: 409, isSigned: true, body: encodeProblem('stale') })
  assert.deepEqual([refusal?.code, refusal?.detail, refusal?.retryAfterMs], ['stale', undefined, 0])
})

for (const [retryAfter, pauseMs] of [
  [0, 0],
  [-5, 0],
  ['9', 0],
  [0.5, 500],
  [86_400, 86_400_000],
  [86_401, 86_400_000],
] as const) {
  test(`a signed pause of ${JSON.stringify(retryAfter)} s is one of ${pauseMs} ms`, () => {
    const body = encodeProblem('rate-limited', 'x', { retryAfter })
    assert.equal(refusalOf({ status: 429, isSigned: true, body })?.retryAfterMs, pauseMs)
  })
}

test('an unsigned problem that may be unsigned is a hint, and says so', () => {
  const hint = 'the answer is not signed, so anyone on the path may have sent it'
  const body = encodeProblem('not-authenticated', 'no such device')
  assert.deepEqual(
    [refusalOf({ status: 401, body })?.code, refusalOf({ status: 401, body })?.detail],
    ['not-authenticated', `no such device; ${hint}`],
  )
  assert.equal(refusalOf({ status: 401, body: encodeProblem('not-authenticated') })?.detail, hint)
})

test('an unsigned problem that a server always signs is not believed, nor is one with a status of success', () => {
  const stale = refusalOf({ status: 409, body: encodeProblem('stale', 'x') })
  assert.equal(stale?.code, 'answer-unsigned')
  assert.match(stale?.detail ?? '', /^it says "[^"]+"$/)
  const success = refusalOf({ status: 200, body: encodeProblem('not-authenticated', 'x') })
  assert.equal(success?.code, 'answer-unsigned')
})

const foreign: [what: string, given: Given, code: string, detail: string, retryAfterMs?: number][] = [
  ['a captive portal that says so', { status: 511 }, 'captive-portal', 'status 511'],
  ['a page', { headers: { 'content-type': 'Text/HTML; charset=utf-8' } }, 'captive-portal', 'status 200'],
  [
    'a page with two types',
    { headers: { 'content-type': ['text/html', 'a/b'] } },
    'captive-portal',
    'status 200',
  ],
  ['text', { headers: { 'content-type': 'x-text/html' } }, 'answer-unsigned', 'status 200'],
  ['a bare answer', {}, 'answer-unsigned', 'status 200'],
  ['a busy proxy', { status: 429, headers: { 'retry-after': '20' } }, 'proxy-busy', 'status 429', 20_000],
  [
    'a busy proxy that names a date',
    { status: 429, headers: { 'retry-after': 'Fri, 27 Nov 2026 10:00:00 GMT' } },
    'proxy-busy',
    'status 429',
    0,
  ],
  ['a failed proxy', { status: 500, headers: { 'retry-after': '3' } }, 'proxy-failed', 'status 500', 3_000],
  ['a proxy without a server', { status: 502 }, 'proxy-failed', 'status 502'],
  ['a bad request', { status: 400, body: 'what?' }, 'not-our-server', 'status 400'],
  [
    'another server',
    { status: 404, body: 'speaking plain HTTP to an SSL-enabled port' },
    'not-our-server',
    'status 404',
  ],
  [
    'nginx with TLS',
    { status: 400, body: '<h1>The plain HTTP request was sent to HTTPS port</h1>' },
    'https-port',
    'status 400',
  ],
  [
    'Apache with TLS',
    { status: 400, body: "you're speaking plain HTTP to an SSL-enabled server port" },
    'https-port',
    'status 400',
  ],
  [
    'Go with TLS',
    { status: 400, body: 'Client sent an HTTP request to an HTTPS server.' },
    'https-port',
    'status 400',
  ],
  ['a redirect without a target', { status: 301 }, 'redirected', 'status 301'],
  ['a choice', { status: 300 }, 'redirected', 'status 300'],
  [
    'a redirect to nowhere',
    { status: 302, headers: { location: 'http://[' } },
    'redirected',
    'status 302 to "http://["',
  ],
  [
    'a redirect to another path',
    { status: 302, headers: { location: '/login' } },
    'redirected',
    'status 302 to "/login"',
  ],
  [
    'a redirect to another scheme',
    { status: 302, headers: { location: 'ftp://a.example/ip' } },
    'redirected',
    'status 302 to "ftp://a.example/ip"',
  ],
  [
    'a redirect to a scheme that ends with http',
    { status: 302, headers: { location: 'xhttp://a.example/ip' } },
    'redirected',
    'status 302 to "xhttp://a.example/ip"',
  ],
  [
    'a redirect to a scheme that begins with http',
    { status: 302, headers: { location: 'httpx://a.example/ip' } },
    'redirected',
    'status 302 to "httpx://a.example/ip"',
  ],
]

for (const [what, given, code, detail, retryAfterMs = 0] of foreign) {
  test(`${what} is ${code}`, () => {
    const refusal = refusalOf(given)
    assert.deepEqual([refusal?.code, refusal?.detail, refusal?.retryAfterMs], [code, detail, retryAfterMs])
    assert.doesNotMatch(refusal?.advice ?? '', /SERVER_URL=|Leave/)
  })
}

for (const [location, base] of [
  ['https://ddns.example.org/ip', 'https://ddns.example.org'],
  ['http://other.example/sub/ip', 'http://other.example/sub'],
  ['/moved/ip', 'http://ddns.example.org:8080/moved'],
] as const) {
  test(`a redirect to ${location} names the base for SERVER_URL`, () => {
    const url = new URL('http://ddns.example.org:8080/base/ip')
    const refusal = refusalOf({ status: 301, headers: { location: [location] }, url })
    assert.equal(refusal?.detail, `status 301 to "${location}"`)
    assert.equal(
      refusal?.advice,
      `If that server is yours, use SERVER_URL=${base}. Otherwise log in to this network with a browser first.`,
    )
  })
}

const doubled: [path: string, advice: string | null][] = [
  ['/ip/ip', 'Leave /ip out of SERVER_URL: use http://ddns.example.org:8080. The client appends the path.'],
  [
    '/sub/update/ip',
    'Leave /update out of SERVER_URL: use http://ddns.example.org:8080/sub. The client appends the path.',
  ],
  ['/sub/ip', null],
  ['/sub/ip/ipx', null],
]

for (const [path, advice] of doubled) {
  test(`a server that has no ${path} gets ${advice === null ? 'the usual advice' : 'advice about the path'}`, () => {
    const url = new URL(path, ipUrl)
    for (const given of [{ body: encodeProblem('not-found') }, {}]) {
      const refusal = refusalOf({ status: 404, url, ...given })
      if (advice === null) assert.doesNotMatch(refusal?.advice ?? '', /Leave/)
      else assert.equal(refusal?.advice, advice)
    }
  })
}

test('a server on this machine gets advice for it only where it helps', () => {
  const url = new URL('http://localhost:8080/ip')
  const masked = refusalOf({ status: 403, isSigned: true, body: encodeProblem('source-masked'), url })
  assert.match(masked?.advice ?? '', /Try from another machine/)
})
