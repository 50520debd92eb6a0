import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDictionary, serializeDictionary } from 'structured-headers'
import { checkContentDigest, encodeContentDigest } from './digest.ts'

// RFC 9530 appendix D: the digest of {"hello": "world"} and a line feed, in SHA-256.
const body = '{"hello": "world"}\n'
const field = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'

test('the digest of RFC 9530’s example body comes out, and is accepted', () => {
  assert.equal(encodeContentDigest(body), field)
  assert.equal(encodeContentDigest(Buffer.from(body)), field)
  assert.doesNotThrow(() => checkContentDigest(field, Buffer.from(body)))
})

test('the digest of another body is a mismatch, and says so', () => {
  assert.throws(() => checkContentDigest(field, Buffer.from(`${body} `)), {
    code: 'digest-mismatch',
    message: `the body of 20 bytes does not have the digest "${field.slice(0, 60)}"`,
  })
  assert.throws(() => checkContentDigest(field, Buffer.alloc(0)), { code: 'digest-mismatch' })
})

test('a field that is not one SHA-256 digest in canonical form is malformed', () => {
  const digest = field.slice('sha-256='.length)
  const others = [
    '',
    digest,
    `sha-512=${digest}`,
    `SHA-256=${digest}`,
    `${field}, ${field}`,
    `sha-512=${digest}, ${field}`,
    `${field};q=1`,
    ` ${field}`,
    `${field}\n`,
    `x${field}`,
    // the same bytes in other spellings: unused bits set, no padding, base64url
    field.replace('Dg=:', 'Dh=:'),
    field.replace('Dg=:', 'Dg:'),
    field.replace('/', '_'),
    // 31 and 33 bytes
    'sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==:',
    'sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:',
  ]
  for (const other of others) {
    assert.throws(() => checkContentDigest(other, Buffer.from(body)), { code: 'malformed' }, other)
  }
  assert.throws(() => checkContentDigest('md5', Buffer.from(body)), {
    message: 'content-digest is "md5": send one digest, sha-256=:…:, in canonical base64',
  })
})

test('every digest is the canonical structured field, and is accepted only for its body', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (bytes, others) => {
      const digest = encodeContentDigest(Buffer.from(bytes))
      assert.equal(serializeDictionary(parseDictionary(digest)), digest)
      checkContentDigest(digest, Buffer.from(bytes))
      if (!Buffer.from(bytes).equals(others)) {
        assert.throws(() => checkContentDigest(digest, Buffer.from(others)), { code: 'digest-mismatch' })
      }
    }),
  )
})
