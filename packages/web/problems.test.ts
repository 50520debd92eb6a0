import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { ProtocolError, parseProblem } from '@ipupdater/protocol'
import { startTestServer } from './fixtures/server.ts'
import { answerClientError } from './problems.ts'

const ownFaults: [what: string, thrown: unknown][] = [
  ['an error with another code', Object.assign(new Error('secret path'), { code: 'stale' })],
  ['a status that is no refusal', Object.assign(new Error('secret path'), { status: 302 })],
  ['a status of a server', Object.assign(new Error('secret path'), { status: 504 })],
  ['a status in words', Object.assign(new Error('secret path'), { status: '404' })],
  ['no error at all', 'secret path'],
]

for (const [what, thrown] of ownFaults) {
  test(`${what} is our own fault: the problem internal, without details`, async t => {
    const { server } = await startTestServer(t, () => {
      throw thrown
    })
    const answer = await fetch(server.url)
    const body = await answer.text()
    assert.equal(answer.status, 500)
    assert.equal(parseProblem(body)?.code, 'internal')
    assert.doesNotMatch(body, /secret path/)
  })
}

test('a refusal that says when to come back has Retry-After; others have not', async t => {
  const { server } = await startTestServer(t, ctx => {
    const extra = ctx.path === '/later' ? { retryAfter: 30 } : {}
    throw new ProtocolError('rate-limited', 'too many', { extra })
  })
  const later = await fetch(`${server.url}/later`)
  assert.equal(later.headers.get('retry-after'), '30')
  assert.equal((await fetch(server.url)).headers.get('retry-after'), null)
})

test('a socket that takes no more answers is closed', () => {
  const socket = new PassThrough()
  socket.end()
  answerClientError(new Error('not HTTP'), socket)
  assert.ok(socket.destroyed)
})
