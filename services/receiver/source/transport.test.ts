import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cameOverTls } from './transport.ts'

const isTrusted = (address: string) => address === '192.0.2.1'
const from = (headers: Record<string, string | string[]>, peer = '192.0.2.1') =>
  cameOverTls(peer, headers, isTrusted)

test("a trusted proxy's word counts", () => {
  assert.equal(from({ 'x-forwarded-proto': 'https' }), true)
  assert.equal(from({ 'x-forwarded-proto': 'HTTPS' }), true)
  assert.equal(from({ 'x-forwarded-proto': 'https , https' }), true)
  assert.equal(from({ 'x-forwarded-proto': 'https' }, '::ffff:192.0.2.1'), true)
})

test('nobody else is believed', () => {
  assert.equal(from({ 'x-forwarded-proto': 'https' }, '203.0.113.7'), false)
  assert.equal(cameOverTls(undefined, { 'x-forwarded-proto': 'https' }, isTrusted), false)
})

test('without a word, or with one that differs, the request did not come over TLS', () => {
  assert.equal(from({}), false)
  assert.equal(from({ 'x-forwarded-proto': 'http' }), false)
  assert.equal(from({ 'x-forwarded-proto': '' }), false)
  assert.equal(from({ 'x-forwarded-proto': 'https, http' }), false)
  assert.equal(from({ 'x-forwarded-proto': ['http', 'https'] }), false)
})
