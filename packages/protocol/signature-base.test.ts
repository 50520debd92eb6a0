import assert from 'node:assert/strict'
import test from 'node:test'
import { computeMac, macHolds } from './mac.ts'
import { signatureBase } from './signature-base.ts'

// RFC 9421 appendix B.1.5 and B.2.5, byte for byte.
const key = Buffer.from(
  'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
  'base64',
)
const components = [
  ['"date"', 'Tue, 20 Apr 2021 02:07:55 GMT'],
  ['"@authority"', 'example.com'],
  ['"content-type"', 'application/json'],
] as const
const signatureParams = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
const signature = 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8='

test('the signature base of RFC 9421 B.2.5 comes out byte for byte', () => {
  assert.equal(
    signatureBase(components, signatureParams),
    '"date": Tue, 20 Apr 2021 02:07:55 GMT\n' +
      '"@authority": example.com\n' +
      '"content-type": application/json\n' +
      '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  )
})

test('the hmac-sha256 signature of RFC 9421 B.2.5 comes out, and holds', () => {
  const base = signatureBase(components, signatureParams)
  assert.equal(computeMac(base, key), signature)
  assert.equal(macHolds(signature, base, key), true)
})

test('a MAC does not hold for another base, under another key, or with a bit changed', () => {
  const base = signatureBase(components, signatureParams)
  assert.equal(macHolds(signature, `${base} `, key), false)
  assert.equal(macHolds(signature, base, 'another key'), false)
  for (let bit = 0; bit < 256; bit++) {
    const changed = Buffer.from(signature, 'base64')
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.equal(macHolds(changed.toString('base64'), base, key), false, `bit ${bit}`)
  }
})
