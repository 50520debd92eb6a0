import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtocolError, quote } from './error.ts'

test('an error carries its code, its message and its cause', () => {
  const cause = new Error('deeper')
  const error = new ProtocolError('malformed', 'given, expected', { cause })
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'ProtocolError')
  assert.equal(error.code, 'malformed')
  assert.equal(error.message, 'given, expected')
  assert.equal(error.cause, cause)
})

test('an error has further members for programs, or none', () => {
  assert.deepEqual(new ProtocolError('rate-limited', 'wait', { extra: { retryAfter: 7 } }).extra, {
    retryAfter: 7,
  })
  assert.deepEqual(new ProtocolError('rate-limited', 'wait').extra, {})
})

test('quoted text is printable ASCII', () => {
  assert.equal(quote('home'), '"home"')
  assert.equal(quote('say "hi"\n'), '"say \\"hi\\"\\n"')
  assert.equal(
    quote('\u001b[31m\u007f\u0085é\u202e🔑'),
    '"\\u001b[31m\\u007f\\u0085\\u00e9\\u202e\\ud83d\\udd11"',
  )
})

test('quoted text of more than 60 characters is cut', () => {
  assert.equal(quote('x'.repeat(60)), `"${'x'.repeat(60)}"`)
  assert.equal(quote('x'.repeat(61)), `"${'x'.repeat(60)}…"`)
})
