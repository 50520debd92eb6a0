import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError } from './errors.ts'
import { listenOnLoopback } from './fixtures/receiver.ts'
import { connect } from './http.ts'

const isCode = (code: string) => (error: unknown) => error instanceof ClientError && error.code === code

test('a server that takes the message and keeps silent has not answered, which is no lack of a way to it', async () => {
  await using server = await listenOnLoopback(() => {})
  using connection = connect({ family: 4, timeouts: { response: 20 } })
  const call = connection.call({ method: 'POST', url: new URL(server.url), headers: {}, body: '{}' })
  await assert.rejects(call, isCode('no-answer'))
})

test('an answer that trickles does not hold us for ever', async () => {
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

test('whoever is redirected does not go there', async () => {
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

test('doubled fields arrive as they are, for the signature to be checked over them', async () => {
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
