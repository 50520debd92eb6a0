import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { ProblemCode } from '@ipupdater/protocol'
import { ProtocolError, parseProblem } from '@ipupdater/protocol'
import type { Context } from 'koa'
import { nothing, startTestServer } from './fixtures/server.ts'
import { notesOf } from './request-notes.ts'

test('a refusal is answered with the problem of its code, and is not cacheable', async t => {
  const { server } = await startTestServer(t, () => {
    throw new ProtocolError('stale', '130 s old; at most 120 s', { extra: { ageSeconds: 130 } })
  })
  const answer = await fetch(server.url)
  const body = await answer.text()
  const problem = parseProblem(body)
  assert.equal(answer.status, 409)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(problem?.code, 'stale')
  assert.equal(problem?.detail, '130 s old; at most 120 s')
  assert.deepEqual(problem?.extra, { ageSeconds: 130, requestId: answer.headers.get('x-request-id') })
})

test('an unknown error is not published; the log has it under the id in the answer', async t => {
  const { server, lines } = await startTestServer(t, () => {
    throw new Error('password is hunter2')
  })
  const answer = await fetch(server.url)
  const body = await answer.text()
  assert.equal(answer.status, 500)
  assert.doesNotMatch(body, /hunter2/)
  assert.equal(parseProblem(body)?.code, 'internal')
  const [line] = lines
  assert.equal(line?.level, 'ERROR')
  assert.equal(line?.requestId, parseProblem(body)?.extra.requestId)
  assert.match(JSON.stringify(line?.error), /hunter2/)
})

test('a path that is not served is the problem not-found', async t => {
  const { server } = await startTestServer(t, nothing)
  const answer = await fetch(`${server.url}/nothing%ff`)
  assert.equal(answer.status, 404)
  assert.equal(parseProblem(await answer.text())?.code, 'not-found')
})

test('an overlong path is refused in few words, before any service sees it', async t => {
  const { server } = await startTestServer(t, ctx => {
    ctx.body = ctx.url
  })
  const answer = await fetch(`${server.url}/${'a/'.repeat(7_500)}`)
  const body = await answer.text()
  assert.equal(answer.status, 413)
  assert.ok(body.length < 1_000, body)
  const longest = `/${'a'.repeat(2_047)}`
  assert.equal((await fetch(server.url + longest)).status, 200)
  assert.equal((await fetch(`${server.url + longest}a`)).status, 413)
})

test('a method that the path does not accept is the problem method-not-allowed, with Allow', async t => {
  const { server } = await startTestServer(t, ctx => {
    ctx.status = 405 // as the router leaves it
    ctx.set('Allow', 'GET, HEAD')
  })
  const answer = await fetch(server.url, { method: 'DELETE' })
  const problem = parseProblem(await answer.text())
  assert.equal(answer.status, 405)
  assert.equal(answer.headers.get('allow'), 'GET, HEAD')
  assert.equal(problem?.detail, 'this path takes GET, HEAD')
})

test('a method that nobody knows is the problem method-not-allowed, too', async t => {
  const { server } = await startTestServer(t, ctx => {
    ctx.status = 501 // as the router leaves it
    ctx.set('Allow', 'GET, HEAD')
  })
  const answer = await fetch(server.url, { method: 'PROPFIND' })
  assert.equal(parseProblem(await answer.text())?.code, 'method-not-allowed')
})

test('an answer that the app has made stays as it is, with whatever status', async t => {
  const { server } = await startTestServer(t, ctx => {
    ctx.status = Number(ctx.path.slice(1))
    if (ctx.status === 404) ctx.body = 'a page about what is not here'
  })
  assert.equal(await (await fetch(`${server.url}/404`)).text(), 'a page about what is not here')
  assert.equal((await fetch(`${server.url}/304`)).status, 304)
})

test('an answer that breaks off is in the log', async t => {
  const broken = Promise.withResolvers<void>()
  const { server, lines } = await startTestServer(t, ctx => {
    ctx.body = Readable.from(
      (async function* () {
        yield 'the first part'
        await broken.promise
        throw new Error('disk gone')
      })(),
    )
  })
  const answer = await fetch(server.url)
  broken.resolve()
  await assert.rejects(answer.text())
  const line = lines.find(({ message }) => message === 'answer not delivered')
  assert.match(JSON.stringify(line?.error), /disk gone/)
})

test('HEAD is answered like GET, without the body', async t => {
  const { server } = await startTestServer(t, ctx => {
    ctx.body = 'seven b'
  })
  const answer = await fetch(server.url, { method: 'HEAD' })
  assert.equal(answer.headers.get('content-length'), '7')
  assert.equal(await answer.text(), '')
})

const thrownByLibraries: [status: number, code: ProblemCode][] = [
  [400, 'malformed'],
  [404, 'not-found'],
  [406, 'not-acceptable'],
  [408, 'timeout'],
  [413, 'too-large'],
  [418, 'malformed'],
  [500, 'internal'],
]

for (const [status, code] of thrownByLibraries) {
  test(`a library's error of status ${status} is the problem ${code}`, async t => {
    const { server } = await startTestServer(t, ctx => ctx.throw(status))
    const answer = await fetch(server.url)
    assert.equal(parseProblem(await answer.text())?.code, code)
  })
}

test('a request is one log line: path without query, status, duration, and the fields of the service', async t => {
  let now = 1_000
  const { server, lines } = await startTestServer(
    t,
    ctx => {
      now += 12.34
      notesOf(ctx).logFields = { device: 'home' }
      ctx.body = 'ok'
    },
    { now: () => now },
  )
  await fetch(`${server.url}/getip?token=hunter2`, { headers: { 'X-Request-Id': 'from-proxy-1' } })
  const [{ '@timestamp': _time, logger: _logger, ...line } = {}, ...others] = lines
  assert.deepEqual(line, {
    level: 'DEBUG',
    message: 'answered 200',
    method: 'GET',
    path: '/getip',
    from: '127.0.0.1',
    ms: 12.3,
    requestId: 'from-proxy-1',
    device: 'home',
  })
  assert.deepEqual(others, [])
})

test('without a clock of its own the log measures with the one of the process', async t => {
  const { server, lines } = await startTestServer(t, nothing)
  await fetch(server.url)
  assert.equal(typeof lines[0]?.ms, 'number')
})

test('of a long path the log has the first 200 characters', async t => {
  const { server, lines } = await startTestServer(t, nothing)
  await fetch(`${server.url}/${'a'.repeat(500)}`)
  assert.equal(lines[0]?.path, `/${'a'.repeat(199)}`)
})

test('a refusal of the client has no error in the log, one of the server has', async t => {
  const { server, lines } = await startTestServer(t, ctx => {
    if (ctx.path === '/own') ctx.status = 503
    else throw new ProtocolError(ctx.path === '/bug' ? 'internal' : 'stale', 'x')
    ctx.body = 'a page of its own'
  })
  for (const path of ['/client', '/bug', '/own']) await fetch(server.url + path)
  assert.deepEqual(
    lines.map(({ message, error }) => [message, error !== undefined]),
    [
      ['answered 409', false],
      ['answered 500', true],
      ['answered 503', false],
    ],
  )
})

const levels: [what: string, error: Error, level: string | undefined][] = [
  ['a refused message', new ProtocolError('stale', 'x'), 'INFO'],
  ['a message that cannot be read', new ProtocolError('malformed', 'x'), 'INFO'],
  ['storage that fails', new ProtocolError('storage-unavailable', 'x'), 'WARN'],
  ['a bug', new TypeError('x'), 'ERROR'],
  ['a path that scanners try', new ProtocolError('not-found', 'x'), undefined],
  ['a limit at work', new ProtocolError('rate-limited', 'x'), undefined],
]

for (const [what, error, level] of levels) {
  test(`at the default level ${what} is ${level ? `logged as ${level}` : 'not logged'}`, async t => {
    const { server, lines } = await startTestServer(
      t,
      () => {
        throw error
      },
      { level: 'info' },
    )
    await fetch(server.url)
    assert.deepEqual(
      lines.map(line => line.level),
      level ? [level] : [],
    )
  })
}

test('a flood of one refusal becomes 30 lines a minute, and the next line counts the suppressed ones', async t => {
  let now = 0
  const refuse = () => {
    throw new ProtocolError('stale', 'x')
  }
  const { server, lines } = await startTestServer(t, refuse, { level: 'info', now: () => now })
  for (let i = 0; i < 40; i++) await (await fetch(server.url)).text()
  assert.equal(lines.length, 30)
  now = 60_000
  await fetch(server.url)
  assert.equal(lines.at(-1)?.suppressedLines, 10)
})

test('a flood of one refusal leaves lines for the other kinds, and at debug level nothing is left out', async t => {
  const { server, lines } = await startTestServer(
    t,
    ctx => {
      if (ctx.path === '/served') ctx.body = 'ok'
      else throw new ProtocolError(ctx.path === '/flood' ? 'stale' : 'malformed', 'x')
    },
    { now: () => 0 },
  )
  for (let i = 0; i < 40; i++) await (await fetch(`${server.url}/flood`)).text()
  for (let i = 0; i < 40; i++) await (await fetch(`${server.url}/served`)).text()
  await fetch(server.url)
  const count = (message: string) => lines.filter(line => line.message === message).length
  assert.deepEqual([count('answered 409'), count('answered 200'), count('answered 400')], [30, 40, 1])
})

test('a flood from one source leaves lines for the others', async t => {
  let source = 'flood'
  const refuse = (ctx: Context) => {
    notesOf(ctx).logSource = source
    throw new ProtocolError('stale', source)
  }
  const { server, lines } = await startTestServer(t, refuse, { level: 'info', now: () => 0 })
  for (let i = 0; i < 40; i++) await (await fetch(server.url)).text()
  source = 'home'
  await fetch(server.url)
  assert.equal(lines.length, 11)
  assert.equal(lines.at(-1)?.detail, 'home')
})

test('a request id that could break a log line or a page is replaced', async t => {
  const { server } = await startTestServer(t, nothing)
  for (const given of ['a b', '<script>', '-flag', 'x'.repeat(65), '"']) {
    const answer = await fetch(server.url, { headers: { 'X-Request-Id': given } })
    const id = answer.headers.get('x-request-id') ?? ''
    assert.match(id, /^[A-Za-z0-9]{8}-[a-z0-9]+$/)
    assert.doesNotMatch(id, /^0{6}/, 'another one in every run')
  }
})
