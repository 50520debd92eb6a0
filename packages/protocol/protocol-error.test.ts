import assert from 'node:assert/strict'
import test from 'node:test'
import { ProtocolError, quote } from './protocol-error.ts'

test('an error carries its code, its message and its cause', () => {
  const cause = new Error('deeper')
  const error = new ProtocolError('malformed', 'given, wanted', { cause })
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'ProtocolError')
  assert.equal(error.code, 'malformed')
  assert.equal(error.message, 'given, wanted')
  assert.equal(error.cause, cause)
})

test('an error carries what a program reads of it, or nothing', () => {
  assert.deepEqual(new ProtocolError('rate-limited', 'wait', { extra: { retryAfter: 7 } }).extra, {
    retryAfter: 7,
  })
  assert.deepEqual(new ProtocolError('rate-limited', 'wait').extra, {})
})

test('a quotation is printable ASCII', () => {
  assert.equal(quote('home'), '"home"')
  assert.equal(quote('say "hi"\n'), '"say \\"hi\\"\\n"')
  assert.equal(
    quote('\u001b[31m\u007f\u0085é\u202e🔑'),
    '"\\u001b[31m\\u007f\\u0085\\u00e9\\u202e\\ud83d\\udd11"',
  )
})

test('a quotation of more than 60 characters is cut', () => {
  assert.equal(quote('x'.repeat(60)), `"${'x'.repeat(60)}"`)
  assert.equal(quote('x'.repeat(61)), `"${'x'.repeat(60)}…"`)
})
