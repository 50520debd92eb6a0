import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { ClientError } from './errors.ts'
import { printable } from './printable.ts'

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

test('the detail of an error stays on its line', () => {
  const { message, detail } = new ClientError('not-http', { detail: 'a\nWARN forged\u001b[2J' })
  assert.equal(detail, 'a\\u000aWARN forged\\u001b[2J')
  assert.ok(message.includes('(a\\u000aWARN forged\\u001b[2J)'))
})

test('what the program writes, from the environment or from a flag, has no control character', () => {
  const evil = '\u001b[31m\u009b\u202e'
  const program = join(import.meta.dirname, 'main.ts')
  const env = { SERVER_URL: `http://a/${evil}x y`, FAMILY: evil, PATH: process.env.PATH ?? '' }
  for (const args of [
    ['update'],
    ['update', '--json'],
    ['get', evil, '--viewer', evil],
    [evil],
    ['update', `--${evil}`],
  ]) {
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' })
    assert.notEqual(stdout + stderr, '')
    assert.match(stdout + stderr, /^(?:\n|[^\p{C}\p{Zl}\p{Zp}])*$/u)
  }
})
