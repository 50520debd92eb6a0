import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ProblemCode } from './problems.ts'
import { encodeProblem, isProblemCode, isTemporary, PROBLEMS, parseProblem } from './problems.ts'

const codes = Object.keys(PROBLEMS) as ProblemCode[]

test('a problem is written with the members of RFC 9457 and our own', () => {
  assert.deepEqual(JSON.parse(encodeProblem('rate-limited', 'given, expected', { retryAfter: 7 })), {
    type: 'urn:ipupdater:problem:rate-limited',
    title: 'Too many messages',
    status: 429,
    code: 'rate-limited',
    detail: 'given, expected',
    advice: 'Wait for the time in Retry-After, then try again.',
    retryAfter: 7,
  })
})

test('a problem without a detail has no member for it', () => {
  assert.equal(
    encodeProblem('stopping'),
    '{"type":"urn:ipupdater:problem:stopping","title":"The server is stopping","status":503,"code":"stopping","advice":"Try again in a moment."}',
  )
  assert.deepEqual(parseProblem(encodeProblem('stopping')), {
    ...PROBLEMS.stopping,
    code: 'stopping',
    extra: {},
  })
})

test('an extra member cannot take the place of a fixed one', () => {
  const body = encodeProblem('stopping', 'wait', {
    status: 200,
    code: 'new',
    type: 'about:blank',
    detail: 'fine',
  })
  assert.equal(parseProblem(body)?.code, 'stopping')
  assert.equal(JSON.parse(body).status, 503)
  assert.equal(JSON.parse(body).detail, 'wait')
})

test('the table has HTTP errors, sentences, and no title twice', () => {
  for (const [code, { status, title, advice }] of Object.entries(PROBLEMS)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/)
    assert.ok(status >= 400 && status <= 599, code)
    assert.match(title, /^[A-Z].*[a-z]$/, code)
    assert.match(advice, /^[A-Z].*\.$/, code)
  }
  const titles = Object.values(PROBLEMS).map(({ title }) => title)
  assert.equal(new Set(titles).size, titles.length)
})

test('every problem survives writing and reading', () => {
  const printable = fc.string()
  const members = fc.oneof(printable, fc.integer(), fc.boolean())
  const names = fc.constantFrom('retryAfter', 'last', '__proto__')
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      printable,
      fc.dictionary(names, members),
      (code, detail, extra) => {
        const problem = parseProblem(encodeProblem(code, detail, extra))
        assert.deepEqual(problem, { ...PROBLEMS[code], code, detail, extra: { ...extra } })
      },
    ),
  )
})

test('a body that is not one of our problems is null', () => {
  const own = JSON.parse(encodeProblem('stale'))
  const others = [
    '',
    '<html>502 Bad Gateway</html>',
    'null',
    '7',
    '"stale"',
    '[]',
    '{}',
    JSON.stringify({ ...own, type: 'about:blank' }),
    JSON.stringify({ ...own, type: undefined }),
    JSON.stringify({ ...own, type: 'urn:ipupdater:problem:malformed' }),
    JSON.stringify({ ...own, code: undefined }),
    JSON.stringify({ ...own, code: ['stale'] }),
    JSON.stringify({ ...own, code: 'toString', type: 'urn:ipupdater:problem:toString' }),
  ]
  for (const body of others) assert.equal(parseProblem(body), null, body)
})

test('title, advice and status come from our table, not from the body', () => {
  const forged = {
    ...JSON.parse(encodeProblem('stale')),
    title: 'Pay here',
    advice: 'Run this.',
    status: 200,
  }
  assert.deepEqual(parseProblem(JSON.stringify(forged)), { ...PROBLEMS.stale, code: 'stale', extra: {} })
})

test('a detail that is not a string, and extra members that are not plain values, are dropped', () => {
  const body = {
    ...JSON.parse(encodeProblem('stale')),
    detail: { a: 1 },
    deep: { a: 1 },
    none: null,
    list: [1],
    yes: true,
  }
  assert.deepEqual(parseProblem(JSON.stringify(body)), {
    ...PROBLEMS.stale,
    code: 'stale',
    extra: { yes: true },
  })
})

test('a code is known only if it is in the table', () => {
  assert.equal(isProblemCode('stale'), true)
  for (const code of ['', 'Stale', 'toString', '__proto__', 'answer-forged'])
    assert.equal(isProblemCode(code), false)
})

test('a status says whether the same request may succeed later', () => {
  for (const status of [408, 409, 429, 500, 503, 599]) assert.equal(isTemporary(status), true, `${status}`)
  for (const status of [200, 400, 401, 403, 404, 405, 407, 410, 413, 428, 430, 499]) {
    assert.equal(isTemporary(status), false, `${status}`)
  }
})

test('exactly the refusals that come before the signature is verified may be unsigned', () => {
  const unsigned = codes.filter(code => PROBLEMS[code].mayBeUnsigned)
  assert.deepEqual(unsigned, [
    'malformed',
    'digest-mismatch',
    'too-large',
    'timeout',
    'not-authenticated',
    'rate-limited',
    'stopping',
    'not-found',
    'method-not-allowed',
    'internal',
  ])
})
