import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError, silentLog } from '@ipupdater/runtime'
import type { Middleware } from 'koa'
import { createApp } from './create-app.ts'
import { nothing, startTestServer } from './fixtures/server.ts'
import { defaultLimits, listen } from './listen.ts'

/** A connection for HTTP by hand. */
async function open(
  port: number,
  { allowHalfOpen = false } = {},
): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
  let received = ''
  socket.on('data', data => {
    received += data
  })
  socket.on('error', () => {}) // a reset is one way to be closed
  const closed = new Promise(resolve => socket.once('close', resolve))
  await once(socket, 'connect')
  return { socket, received: () => received, closed }
}

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await sleep(5)
}

test('bytes that are not HTTP are answered with the problem malformed, and the connection closes', async t => {
  const { server, lines } = await startTestServer(t, nothing)
  const { socket, received, closed } = await open(server.port)
  socket.write('no such protocol\r\n\r\n')
  await closed
  assert.deepEqual(
    lines.map(({ level, message, error }) => [level, message, error]),
    [['DEBUG', 'not an HTTP request', 'Parse Error: Invalid method encountered']],
  )
  assert.match(received(), /^HTTP\/1\.1 400 malformed\r\nContent-Type: application\/problem\+json\r\n/)
  assert.match(received(), /"code":"malformed"/)
})

test('a header that is too large is answered with the problem too-large', async t => {
  const { server } = await startTestServer(t, nothing, { limits: { headerBytes: 2_000 } })
  const { socket, received, closed } = await open(server.port)
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(4_000)}\r\n\r\n`)
  await closed
  assert.match(received(), /^HTTP\/1\.1 413 .*"code":"too-large"/s)
})

test('a header that comes too slowly is answered with the problem timeout', async t => {
  const { server } = await startTestServer(t, nothing, { limits: { headersMs: 50, checkEveryMs: 20 } })
  const { socket, received, closed } = await open(server.port)
  socket.write('GET / HTTP/1.1\r\nHost:')
  await closed
  assert.match(received(), /^HTTP\/1\.1 408 .*"code":"timeout"/s)
})

test('a connection on which nothing is sent is closed', async t => {
  const { server } = await startTestServer(t, nothing, { limits: { headersMs: 50, checkEveryMs: 20 } })
  const { closed } = await open(server.port)
  await closed
})

test('a connection without any traffic is closed', async t => {
  const { server } = await startTestServer(t, () => new Promise(() => {}), { limits: { silenceMs: 50 } })
  const { socket, closed } = await open(server.port)
  socket.write(request)
  await closed
})

test('garbage after a request does not get into its answer', async t => {
  const slow = Promise.withResolvers<void>()
  const { server } = await startTestServer(t, async ctx => {
    await slow.promise
    ctx.body = 'answer'
  })
  const { socket, received, closed } = await open(server.port)
  socket.write(`${request}garbage\r\n\r\n`)
  await closed
  slow.resolve()
  assert.equal(received(), '')
})

/** Answers once the body is there. */
const bodyReader: Middleware = async ctx => {
  for await (const _ of ctx.req);
  ctx.body = 'read'
}

test('a body that comes too slowly is answered with the problem timeout', async t => {
  const { server } = await startTestServer(t, bodyReader, {
    limits: { headersMs: 50, requestMs: 50, checkEveryMs: 20 },
  })
  const { socket, received, closed } = await open(server.port)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nslow')
  await closed
  assert.match(received(), /^HTTP\/1\.1 408 .*"code":"timeout"[^H]*$/s)
})

test('a body with broken framing is answered with the problem malformed, once', async t => {
  const { server } = await startTestServer(t, bodyReader)
  const { socket, received, closed } = await open(server.port)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n')
  await closed
  assert.match(received(), /^HTTP\/1\.1 400 .*"code":"malformed"[^H]*$/s)
})

test('a broken body behind a request does not get into its answer', async t => {
  const slow = Promise.withResolvers<void>()
  const { server } = await startTestServer(t, async ctx => {
    await slow.promise
    ctx.body = 'answer'
  })
  const { socket, received, closed } = await open(server.port)
  socket.write(`${request}POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n`)
  await closed
  slow.resolve()
  assert.equal(received(), '')
})

for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 9000000000']) {
  test(`a body of ${length} that the app does not read closes the connection after the answer`, async t => {
    const { server } = await startTestServer(t, nothing)
    const { socket, received, closed } = await open(server.port)
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`)
    await closed
    assert.match(received(), /^HTTP\/1\.1 404 .*\r\nconnection: close\r\n/is)
  })
}

test('a body of at most 64 KiB that the app does not read keeps the connection open', async t => {
  const { server } = await startTestServer(t, nothing)
  const { socket, received } = await open(server.port)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n')
  await until(() => received().includes('not-found'))
  socket.write(`${'x'.repeat(65_536)}${request}`)
  await until(() => received().split('HTTP/1.1 404').length === 3)
  socket.destroy()
})

test('a body of unknown length that the app does not read is cut off', async t => {
  const { server } = await startTestServer(t, nothing)
  // A client that goes on sending after the server has said its last.
  const { socket, closed } = await open(server.port, { allowHalfOpen: true })
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  const dripping = setInterval(() => socket.write('1\r\nx\r\n'), 5)
  await closed
  clearInterval(dripping)
})

test("header lines beyond 2,000, Node's own limit, still count", async t => {
  const { server } = await startTestServer(t, ctx => {
    ctx.body = ctx.get('X-Last')
  })
  const { socket, received } = await open(server.port)
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${'a:\r\n'.repeat(2_500)}X-Last: seen\r\n\r\n`)
  await until(() => received().endsWith('seen'))
  socket.destroy()
})

test('a stop finishes requests that have begun, with Connection: close', async t => {
  const slow = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { server } = await startTestServer(t, async ctx => {
    begun.resolve()
    await slow.promise
    ctx.body = 'finished'
  })
  const busy = await open(server.port)
  busy.socket.write(request)
  await begun.promise
  const stopped = server[Symbol.asyncDispose]()
  await assert.rejects(fetch(server.url), 'no new connection is taken')
  slow.resolve()
  await busy.closed
  await stopped
  assert.match(busy.received(), /\r\nconnection: close\r\n/i)
  assert.match(busy.received(), /finished$/)
})

test('a stop lets an answer go on that has begun, and closes the connection after the next one', async t => {
  const parts = new PassThrough()
  const { server } = await startTestServer(t, ctx => {
    ctx.body = ctx.path === '/slow' ? parts : 'the next answer'
  })
  const busy = await open(server.port)
  busy.socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  parts.write('one part')
  await until(() => busy.received().includes('one part'))
  const stopped = server[Symbol.asyncDispose]()
  busy.socket.write(request)
  parts.end('the rest')
  await busy.closed
  await stopped
  assert.match(busy.received(), /the rest.*HTTP\/1\.1 200 OK.*\r\nconnection: close\r\n.*the next answer$/is)
})

test('a stop closes connections without a request at once', async t => {
  const { server } = await startTestServer(t, nothing, { limits: { stopMs: 60_000 } })
  const silent = await open(server.port)
  const kept = await open(server.port)
  kept.socket.write(request)
  await until(() => kept.received().includes('not-found'))
  await server[Symbol.asyncDispose]()
  await Promise.all([silent.closed, kept.closed])
})

test('a stop does not wait forever for an answer', async t => {
  const begun = Promise.withResolvers<void>()
  const never = () => {
    begun.resolve()
    return new Promise(() => {})
  }
  const { server } = await startTestServer(t, never, { limits: { stopMs: 50 } })
  const busy = await open(server.port)
  busy.socket.write(request)
  await begun.promise
  await server[Symbol.asyncDispose]()
  await busy.closed
})

test('a port in use is refused with the command that finds its user', async t => {
  const { server } = await startTestServer(t, nothing)
  const { port } = server
  const app = createApp({ log: silentLog })
  await assert.rejects(listen(app, { host: '127.0.0.1', port, log: silentLog }), (error: StartError) => {
    assert.ok(error instanceof StartError)
    assert.equal(error.code, 'address-in-use')
    assert.equal(error.message, `port ${port} on 127.0.0.1 is taken by another program.`)
    assert.match(error.cure, new RegExp(`ss -ltnp sport = :${port}"`))
    return true
  })
})

for (const host of ['198.51.100.7', 'no-such-host.invalid']) {
  test(`HOST=${host} is refused as not an address of this machine`, async () => {
    const app = createApp({ log: silentLog })
    await assert.rejects(listen(app, { host, port: 0, log: silentLog }), (error: StartError) => {
      assert.equal(error.code, 'address-not-ours')
      assert.match(error.message, new RegExp(`^HOST=${host} is not an address of this machine`))
      return true
    })
  })
}

const urls: [host: string, url: string][] = [
  ['0.0.0.0', 'http://localhost:'],
  ['::', 'http://localhost:'],
  ['127.0.0.1', 'http://127.0.0.1:'],
  ['::1', 'http://[::1]:'],
]

for (const [host, url] of urls) {
  test(`HOST=${host} is reached from this machine as ${url}PORT`, async () => {
    const app = createApp({ log: silentLog })
    await using server = await listen(app, { host, port: 0, log: silentLog })
    assert.equal(server.url, url + server.port)
  })
}

test('the limits without settings', () => {
  assert.deepEqual(defaultLimits, {
    headersMs: 10_000,
    requestMs: 15_000,
    checkEveryMs: 2_000,
    keepAliveMs: 65_000,
    silenceMs: 30_000,
    stopMs: 8_000,
    headerBytes: 16_384,
    connections: 5_000,
    connectionsPerHolder: 1_000,
    pipelinedRequests: 10,
  })
})

test('without HOST it listens on IPv4 and IPv6', async () => {
  const app = createApp({ log: silentLog })
  await using server = await listen(app, { host: null, port: 0, log: silentLog })
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/`)).status, 404)
  assert.equal((await fetch(`http://[::1]:${server.port}/`)).status, 404)
  assert.equal(server.url, `http://localhost:${server.port}`)
})
