import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { MAX_BODY_BYTES, readBody } from './read-body.ts'

test('a body that is announced too large is refused before any of it has come', async () => {
  await assert.rejects(readBody(announcing(MAX_BODY_BYTES + 1)), { status: 413 })
})

test('a body of the greatest length is read to its end', async () => {
  const request = announcing(MAX_BODY_BYTES)
  request.push(Buffer.alloc(MAX_BODY_BYTES, 'x'))
  request.push(null)
  assert.equal((await readBody(request)).length, MAX_BODY_BYTES)
})

test('a body that ends before its announced length is refused', async () => {
  const request = announcing(5)
  request.push('four')
  request.push(null)
  await assert.rejects(readBody(request), { status: 400 })
})

function announcing(length: number): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.headers['content-length'] = String(length)
  return request
}
