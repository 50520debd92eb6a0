import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printable, printableInLine } from './printable.ts'

const hostile: [string, string, string][] = [
  ['a colour', '\u001b[31mred', '\\u001b[31mred'],
  ['a control sequence of one byte', '\u009b31m', '\\u009b31m'],
  ['a title', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
  ['a return to the start of the line', 'a\rb', 'a\\u000db'],
  ['a reversal of direction', '\u202e7.311.0.302', '\\u202e7.311.0.302'],
  ['an invisible character', 'ho\u200bme', 'ho\\u200bme'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['half of a surrogate pair', 'a\ud83db', 'a\\ud83db'],
  ['a tag character', '\u{e0041}', '\\udb40\\udc41'],
]

for (const [what, text, cleaned] of hostile) {
  test(`${what} becomes visible, and stays the same text in JSON`, () => {
    assert.equal(printable(text), cleaned)
    assert.equal(JSON.parse(printable(JSON.stringify(text))), text)
  })
}

test('ordinary text of any language is left as it is', () => {
  for (const text of ['Ein gut gehütetes Wörtchen 🔑', '家', 'two\nlines'])
    assert.equal(printable(text), text)
})

test('line feeds stay in a message, and become escapes in a part of a line', () => {
  assert.equal(printable('a\nb'), 'a\nb')
  assert.equal(printableInLine('a\nb\u001b'), String.raw`a\u000ab\u001b`)
})
