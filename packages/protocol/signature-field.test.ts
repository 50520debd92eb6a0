import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseDictionary, serializeDictionary } from 'structured-headers'
import { encodeSignature, parseSignature } from './signature-field.ts'

const signature = 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8='

test('a signature stands between colons under its label', () => {
  assert.equal(encodeSignature('sig', signature), `sig=:${signature}:`)
  assert.equal(parseSignature(`sig=:${signature}:`, 'sig'), signature)
})

test('what is not the one signature of this label in canonical form is malformed', () => {
  const others = [
    '',
    'sig',
    'sig=',
    `sig=${signature}`,
    `other=:${signature}:`,
    `sigx:${signature}:`,
    `xsig=:${signature}:`,
    ` sig=:${signature}:`,
    `sig=:${signature}:\n`,
    `sig=:${signature}:;x`,
    `sig=:${signature}:, sig=:${signature}:`,
    `other=:${signature}:, sig=:${signature}:`,
    `sig=:${signature}:, other=:${signature}:`,
    `sig=:${signature.replace('8=', '9=')}:`,
    `sig=:${signature.slice(0, -1)}:`,
    `sig=:${signature.replace('/', '_')}:`,
    `sig=:AAAA${signature}:`,
    'sig=::',
  ]
  for (const other of others) assert.throws(() => parseSignature(other, 'sig'), { code: 'malformed' }, other)
  assert.throws(() => parseSignature('none', 'sig'), {
    message: 'signature is "none", not "sig=:…:" alone, 32 bytes in canonical base64',
  })
})

test('every signature of 32 bytes survives, and is what a structured-field parser reads', () => {
  const labels = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,10}$/)
  fc.assert(
    fc.property(labels, fc.uint8Array({ minLength: 32, maxLength: 32 }), (label, bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      const field = encodeSignature(label, text)
      assert.equal(parseSignature(field, label), text)
      const dictionary = parseDictionary(field)
      assert.deepEqual(Buffer.from(dictionary.get(label)?.[0] as ArrayBuffer), Buffer.from(bytes))
      assert.equal(serializeDictionary(dictionary), field)
    }),
  )
})
