import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import { ClientError, VIEWER } from './errors.ts'
import { listenOnLoopback } from './fixtures/receiver.ts'
import { selfSigned } from './fixtures/tls.ts'
import { connect } from './http.ts'

const isCode = (code: string) => (error: unknown) => error instanceof ClientError && error.code === code

test('a server that takes the message and does not answer is reported as such, not as unreachable', async () => {
  await using server = await listenOnLoopback(() => {})
  using connection = connect({ family: 4, timeouts: { response: 20 } })
  const call = connection.call({ method: 'POST', url: new URL(server.url), headers: {}, body: '{}' })
  await assert.rejects(call, isCode('no-answer'))
})

test('an answer that arrives byte by byte ends with the time limit', async () => {
  await using server = await listenOnLoopback((_, raw) => {
    raw.writeHead(200)
    const drip = () => void (raw.destroyed || raw.write('.', () => setTimeout(drip, 5)))
    drip()
  })
  using connection = connect({ family: 4, timeouts: { request: 50 } })
  await assert.rejects(
    connection.call({ method: 'GET', url: new URL(server.url), headers: {} }),
    isCode('no-answer'),
  )
})

test('a redirect is not followed', async () => {
  let visits = 0
  await using elsewhere = await listenOnLoopback((_, raw) => {
    visits += 1
    raw.end()
  })
  await using server = await listenOnLoopback((_, raw) => {
    raw.writeHead(307, { location: elsewhere.url }).end()
  })
  using connection = connect({ family: 4 })
  const { status } = await connection.call({
    method: 'POST',
    url: new URL(server.url),
    headers: {},
    body: '{}',
  })
  assert.equal(status, 307)
  assert.equal(visits, 0)
})

test('repeated fields arrive joined, because the signature covers all of them', async () => {
  await using server = await listenOnLoopback((_, raw) => {
    raw
      .writeHead(
        200,
        [
          ['signature', 'a=:AA==:'],
          ['signature', 'b=:BB==:'],
        ].flat(),
      )
      .end()
  })
  using connection = connect({ family: 4 })
  const { headers } = await connection.call({ method: 'GET', url: new URL(server.url), headers: {} })
  assert.equal(headers.signature, 'a=:AA==:, b=:BB==:')
})

test('a request whose answer is lost is not repeated here: the exchange decides', async () => {
  let arrivals = 0
  await using server = await listenOnLoopback((_, raw) => {
    arrivals += 1
    raw.socket?.destroy()
  })
  using connection = connect({ family: 4 })
  const call = connection.call({ method: 'GET', url: new URL(server.url), headers: {} })
  await assert.rejects(call, isCode('connection-cut'))
  assert.equal(arrivals, 1)
})

test('a status that got would repeat is returned as it is, once', async () => {
  let arrivals = 0
  await using server = await listenOnLoopback((_, raw) => {
    arrivals += 1
    raw.writeHead(503).end()
  })
  using connection = connect({ family: 4 })
  const { status } = await connection.call({ method: 'GET', url: new URL(server.url), headers: {} })
  assert.deepEqual([status, arrivals], [503, 1])
})

for (const [systemCode, code, message] of [
  ['ENOTFOUND', 'no-such-name', /^DNS has no IPv4 address for viewer\.example \(VIEWER_URL\)/],
  ['EAI_NODATA', 'no-such-name', /^DNS has no IPv4 address/],
  ['EAI_AGAIN', 'dns-failed', /^DNS does not answer/],
  ['EAI_FAIL', 'dns-failed', /^DNS does not answer/],
  ['ENETUNREACH', 'no-route', /no route/],
  ['EHOSTUNREACH', 'no-route', /no route/],
  ['EADDRNOTAVAIL', 'no-route', /no route/],
  ['ENETDOWN', 'no-route', /no route/],
  ['EHOSTDOWN', 'no-route', /no route/],
  ['EACCES', 'no-route', /no route/],
  ['EPERM', 'no-route', /no route/],
  ['EAFNOSUPPORT', 'no-route', /no route/],
  ['ECONNREFUSED', 'connection-refused', /^Nothing listens/],
  ['ETIMEDOUT', 'timed-out', /VIEWER_URL/],
  ['ECONNABORTED', 'connection-cut', /viewer/],
  ['EPIPE', 'connection-cut', /viewer/],
] as const) {
  test(`a name whose look-up ends with ${systemCode} is reported as ${code}`, async () => {
    const failed = Object.assign(new Error(`getaddrinfo ${systemCode} viewer.example`), { code: systemCode })
    using connection = connect({
      family: 4,
      service: VIEWER,
      lookup: (...args: unknown[]) => (args.at(-1) as (error: Error) => void)(failed),
    })
    const call = connection.call({ method: 'GET', url: new URL('http://viewer.example/'), headers: {} })
    await assert.rejects(call, (error: unknown) => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      assert.equal(error.detail, failed.message)
      assert.ok(error.cause instanceof Error)
      return true
    })
  })
}

test('without a family, a name that does not exist has an address of neither', async () => {
  using connection = connect({
    lookup: (...args: unknown[]) =>
      (args.at(-1) as (error: Error) => void)(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
  })
  const call = connection.call({ method: 'GET', url: new URL('http://receiver.example/'), headers: {} })
  await assert.rejects(
    call,
    /^ClientError: DNS has no IPv4 or IPv6 address for receiver\.example \(SERVER_URL\)/,
  )
})

test('a fault of the program is not taken for one of the network', async () => {
  const fault = new TypeError('a bug')
  using connection = connect({
    lookup: (...args: unknown[]) => (args.at(-1) as (error: Error) => void)(fault),
  })
  const call = connection.call({ method: 'GET', url: new URL('http://receiver.example/'), headers: {} })
  await assert.rejects(call, (error: unknown) => !(error instanceof ClientError))
})

for (const [bytes, outcome] of [
  [65_536, 'accepted'],
  [65_537, 'answer-too-large'],
] as const) {
  test(`an answer of ${bytes} bytes is ${outcome}`, async () => {
    await using server = await listenOnLoopback((_, raw) => {
      raw.writeHead(200, { 'content-length': bytes }).end(Buffer.alloc(bytes))
    })
    using connection = connect({ family: 4 })
    const call = connection.call({ method: 'GET', url: new URL(server.url), headers: {} })
    if (outcome === 'accepted') assert.equal((await call).body.length, bytes)
    else await assert.rejects(call, isCode(outcome))
  })
}

/** A server that does as it likes with each connection. */
async function rawServer(t: TestContext, onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

const strange: [what: string, scheme: string, answer: string | Buffer, code: string][] = [
  ['a server that speaks something else', 'http', 'SSH-2.0-none\r\n', 'not-http'],
  ['an answer that is cut off', 'http', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', 'connection-cut'],
  ['an alert of TLS', 'http', Buffer.from([21, 3, 3, 0, 2, 2, 70]), 'https-port'],
  ['plain HTTP on a port for HTTPS', 'https', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'http-port'],
]

for (const [what, scheme, answer, code] of strange) {
  test(`${what} is reported as ${code}`, async t => {
    const port = await rawServer(t, socket => socket.once('data', () => socket.end(answer)))
    using connection = connect({ family: 4 })
    const url = new URL(`${scheme}://127.0.0.1:${port}/`)
    await assert.rejects(connection.call({ method: 'GET', url, headers: {} }), isCode(code))
  })
}

test('a certificate that nobody vouches for is reported as such', async t => {
  const server = createTlsServer(selfSigned, socket => socket.on('error', () => {}))
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  using connection = connect({ family: 4 })
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await assert.rejects(connection.call({ method: 'GET', url, headers: {} }), isCode('tls-failed'))
})

test('a certificate that is good for another name is refused, even if somebody vouches for it', async t => {
  const server = createTlsServer(selfSigned, socket => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'))
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const ca = join(temporaryDirectory(), 'ca.pem')
  writeFileSync(ca, selfSigned.cert)
  // Node reads the authorities of NODE_EXTRA_CA_CERTS at its start. The certificate is for 127.0.0.1.
  const program = `
    import { connect } from ${JSON.stringify(import.meta.resolve('./http.ts'))}
    for (const host of ['127.0.0.1', 'localhost']) {
      const lookup = (name, ...rest) => rest.at(-1)(null, '127.0.0.1', 4)
      using connection = connect({ lookup })
      const call = connection.call({ method: 'GET', url: new URL('https://' + host + ':${port}/'), headers: {} })
      console.log(await call.then(({ status }) => status, ({ code }) => code))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ca },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  assert.equal(await text(child.stdout), '204\ntls-failed\n')
})

test('the calls of one connection share it, and its end closes it', async t => {
  const closed: Promise<unknown>[] = []
  const port = await rawServer(t, socket => {
    closed.push(once(socket, 'close'))
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  })
  const url = new URL(`http://127.0.0.1:${port}/`)
  {
    using connection = connect({ family: 4 })
    for (let i = 0; i < 3; i++) await connection.call({ method: 'GET', url, headers: {} })
  }
  assert.equal(closed.length, 1)
  await Promise.all(closed)
})
