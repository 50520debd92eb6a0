import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError, VIEWER } from './errors.ts'
import { listenOnLoopback } from './fixtures/receiver.ts'
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
  ['EAI_AGAIN', 'dns-failed', /^DNS does not answer/],
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
      return true
    })
  })
}
