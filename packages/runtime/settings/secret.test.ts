import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { readSettings } from './read-settings.ts'
import { readSecretFile, secret, secretFault } from './secret.ts'
import { accept } from './setting.ts'

const shape = {
  secret: secret({
    name: 'SECRET',
    description: '',
    expected: 'the secret of the device',
    refusal: 'is too short: use at least 16 characters.',
    read: text => accept(text.length >= 16, text),
  }),
}
const good = 'sixteen-letters-and-more'
const dir = temporaryDirectory()

function fileWith(content: string | Buffer): string {
  const file = join(dir, 'secret')
  writeFileSync(file, content)
  return file
}

for (const lineEnd of ['', '\n', '\r\n']) {
  test(`a file with the secret and ${JSON.stringify(lineEnd)} holds the secret`, () => {
    assert.equal(readSettings({ SECRET_FILE: fileWith(good + lineEnd) }, shape).secret, good)
  })
}

const accidents: [what: string, text: string, reason: RegExp][] = [
  [
    'quotes',
    `"${good}"`,
    /^begins or ends with a quote\. Docker keeps quotes in --env-file: leave them out\.$/,
  ],
  ['single quotes', `'${good}'`, /Docker keeps quotes/],
  ['the line of an .env file', `SECRET=${good}`, /^contains "SECRET="\. Leave only the secret itself\.$/],
  ['a line for a shell', `export IP_SECRET = ${good}`, /contains "SECRET="/],
  ['a byte order mark', `\uFEFF${good}`, /byte order mark/],
  ['a carriage return', `${good}\r`, /carriage return/],
  ['a NUL', `${good}\0`, /NUL/],
  ['a blank line before', `\n${good}`, /blank line/],
  ['a blank line after', `${good}\n\n`, /blank line/],
  ['two lines', `${good}\n${good}`, /more than one line/],
  ['a space', `${good} `, /white space/],
  ['an escape character', `${good}\x1b`, /cannot be printed/],
  ['too few characters', 'hunter2', /^is too short: use at least 16 characters\.$/],
]

for (const [what, text, reason] of accidents) {
  test(`SECRET with ${what} is refused with the cause`, () => {
    assert.throws(
      () => readSettings({ SECRET: text }, shape),
      ({ faults: [fault = '', ...others] }) => {
        assert.match(fault.replace(/^SECRET /, ''), reason)
        assert.deepEqual(others, [])
        return true
      },
    )
  })

  test(`a SECRET_FILE with ${what} is refused with file and cause, and without the secret`, () => {
    const file = fileWith(text)
    assert.throws(
      () => readSettings({ SECRET_FILE: file }, shape),
      ({ faults: [fault = '', ...others] }) => {
        const named = what === 'too few characters' ? 'SECRET ' : `SECRET_FILE=${JSON.stringify(file)} `
        assert.ok(fault.startsWith(named), fault)
        assert.match(fault.slice(named.length), reason)
        assert.ok(!fault.includes(text.trim()) && !fault.includes(good), fault)
        assert.deepEqual(others, [])
        return true
      },
    )
  })
}

const files: [what: string, content: Buffer, reason: RegExp][] = [
  [
    'UTF-16 with a byte order mark',
    Buffer.from(`\uFEFF${good}\n`, 'utf16le'),
    /is UTF-16 text\. Save it as UTF-8/,
  ],
  ['UTF-16 without one', Buffer.from(`${good}\n`, 'utf16le'), /is UTF-16 text/],
  ['UTF-16, big end first', Buffer.from(`${good}\n`, 'utf16le').swap16(), /is UTF-16 text/],
  ['UTF-16 of two letters', Buffer.from('ab', 'utf16le'), /is UTF-16 text/],
  ['a big-endian byte order mark', Buffer.from([0xfe, 0xff, 0x00]), /is UTF-16 text/],
  ['a little-endian byte order mark', Buffer.from([0xff, 0xfe, 0x41]), /is UTF-16 text/],
  ['half of a big-endian byte order mark', Buffer.from([0xfe, 0x41]), /is not UTF-8 text/],
  ['half of a little-endian byte order mark', Buffer.from([0xff, 0x41]), /is not UTF-8 text/],
  ['the second half of one', Buffer.from([0x41, 0xff]), /is not UTF-8 text/],
  ['the second half of the other', Buffer.from([0x41, 0xfe]), /is not UTF-8 text/],
  ['one NUL', Buffer.from([0x41, 0x41, 0x00, 0x41]), /NUL/],
  ['two bytes, one of them NUL', Buffer.from([0x41, 0x00]), /NUL/],
  ['zeros in every other place of five', Buffer.from([0x41, 0x00, 0x41, 0x00, 0x41]), /NUL/],
  ['one byte more than 64 KiB', Buffer.alloc(65_537, 'x'), /is too large for a secret/],
  ['Latin-1', Buffer.from(`${good}é`, 'latin1'), /is not UTF-8 text/],
  ['a byte order mark alone', Buffer.from('\uFEFF'), /byte order mark/],
  ['nothing', Buffer.alloc(0), /is empty/],
]

for (const [what, content, reason] of files) {
  test(`a SECRET_FILE with ${what} is refused with the cause`, () => {
    assert.throws(() => readSettings({ SECRET_FILE: fileWith(content) }, shape), reason)
  })
}

for (const path of ['"/run/secrets/home"', '~/secret', '$HOME/secret']) {
  test(`SECRET_FILE=${path} is refused as the path that it is not`, () => {
    assert.throws(
      () => readSettings({ SECRET_FILE: path }, shape),
      ({ faults: [fault = ''] }) =>
        fault.startsWith(`SECRET_FILE=${JSON.stringify(path)} `) && /quote|only a shell expands/.test(fault),
    )
  })
}

test('a SECRET_FILE that never ends is refused', () => {
  assert.throws(
    () => readSettings({ SECRET_FILE: '/dev/zero' }, shape),
    /SECRET_FILE="\/dev\/zero" is too large for a secret\./,
  )
})

for (const text of [
  'byte\uFEFForder-mark-inside',
  'quote"inside-of-a-secret',
  'is-no-secret=but-nearly',
  '16 letters; SECRET=',
]) {
  test(`what is an accident at the ends is accepted inside: ${JSON.stringify(text)}`, () => {
    assert.equal(
      secretFault(text),
      text.includes('\uFEFF') ? 'contains a character that cannot be printed. Copy the secret again.' : null,
    )
  })
}

for (const [text, what] of [
  [`"${good}`, 'at the start'],
  [`${good}"`, 'at the end'],
]) {
  test(`a quote only ${what} is an accident, too`, () => assert.match(secretFault(text ?? '') ?? '', /quote/))
}

test('a file of exactly 64 KiB is read whole', () => {
  assert.deepEqual(readSecretFile(fileWith(Buffer.alloc(65_536, 'x'))), { text: 'x'.repeat(65_536) })
})

test('a file is closed after it was read', () => {
  const file = fileWith(good)
  const before = openFiles()
  for (let i = 0; i < 10; i++) readSecretFile(file)
  assert.equal(openFiles(), before)
})

test('the secret is read from standard input, which stays open', () => {
  const script = `
    import { readSecretFile } from ${JSON.stringify(new URL('secret.ts', import.meta.url).href)}
    import { fstatSync } from 'node:fs'
    console.log(JSON.stringify(readSecretFile(0)), fstatSync(0).isFIFO() || fstatSync(0).isSocket())
  `
  const options = { input: `${good}\n`, encoding: 'utf8' } as const
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options)
  assert.equal(stdout, `${JSON.stringify({ text: good })} true\n`)
})

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}
