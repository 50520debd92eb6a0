import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogFormat, LogLevel } from './log.ts'
import { createLog, silentLog } from './log.ts'

function logged(format: LogFormat, level: LogLevel = 'debug') {
  const lines: string[] = []
  const now = () => Date.UTC(2026, 10, 22, 18, 30, 2, 120)
  return { lines, log: createLog({ level, format, now, name: 'receiver', write: line => lines.push(line) }) }
}

test('a text line has time with offset, level, message and fields', () => {
  const { lines, log } = logged('text')
  log.warn('the disk is filling', { device: 'home', address: '2001:db8::1', free: 12, why: 'two words' })
  const [line = ''] = lines
  assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:02\.120[+-]\d\d:\d\d WARN {2}the disk is filling /)
  assert.ok(line.endsWith(' device=home address=2001:db8::1 free=12 why="two words"\n'))
})

test('each kind of value has its form in a text line', () => {
  const { lines, log } = logged('text')
  log.info('values', {
    flag: true,
    none: null,
    unset: undefined,
    empty: '',
    list: [1, 'a'],
    object: { a: 1 },
    quoted: 'say "no"',
    path: '/data/ipupdater.sqlite',
  })
  assert.match(
    lines[0] ?? '',
    / values flag=true none=null empty="" list=\[1,"a"\] object=\{"a":1\} quoted="say \\"no\\"" path=\/data\/ipupdater\.sqlite\n$/,
  )
})

test('a log that writes nothing is enabled at no level', () => {
  assert.equal(silentLog.isEnabled('error'), false)
})

test("a fault of the program has a stack, also with Node's own code; its own code has none", () => {
  const { lines, log } = logged('text')
  log.error('failed', { error: Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }) })
  log.error('failed', { error: Object.assign(new Error('x'), { code: 7 }) })
  log.error('failed', { error: Object.assign(new Error('x'), { code: 'OUR_ERR_' }) })
  assert.deepEqual(
    lines.map(line => line.includes(' | at ')),
    [true, true, false],
  )
})

test('a JSON line has the fields as members', () => {
  const { lines, log } = logged('json')
  log.info('ready', { port: 8080, url: undefined })
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    '@timestamp': '2026-11-22T18:30:02.120Z',
    level: 'INFO',
    message: 'ready',
    logger: 'receiver',
    port: 8080,
  })
})

test('a line below the level is not written, and its fields are not read', () => {
  const { lines, log } = logged('text', 'warn')
  const fields = {
    get costly() {
      return assert.fail('read')
    },
  }
  log.info('no', fields)
  log.debug('no', fields)
  assert.deepEqual(lines, [])
  assert.deepEqual(
    [log.isEnabled('info'), log.isEnabled('warn'), log.isEnabled('error')],
    [false, true, true],
  )
})

test('an error is one line with its stack and causes', () => {
  const { lines, log } = logged('text')
  log.error('failed', { error: new Error('outer', { cause: new Error('inner') }) })
  assert.match(
    lines[0] ?? '',
    /^[^\n]*error="Error: outer \| at [^\n]* \| caused by Error: inner \| at [^\n]*\n$/,
  )
})

for (const format of ['text', 'json'] as const) {
  test(`an expected error, which has a code, is logged as ${format} without a stack`, () => {
    const { lines, log } = logged(format)
    const cause = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    const error = Object.assign(new Error('/data cannot be read', { cause }), { code: 'wrong-owner' })
    log.warn('not ready', { error })
    assert.match(lines[0] ?? '', /"\/data cannot be read \| caused by EACCES: permission denied"/)
  })

  test(`no ${format} field can begin another line or control a terminal`, () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\n', '\r', '\x1b[2J', '\x9b2J', '\0', '\u202e', '\u2028', '\u200b'),
        (a, b) => {
          const { lines, log } = logged(format)
          log.info('event', { field: a + b + a, nested: { [b]: b }, error: new Error(b) })
          const [line = '', ...others] = lines
          assert.deepEqual(others, [])
          assert.doesNotMatch(line.slice(0, -1), /[\p{C}\p{Zl}\p{Zp}]/u)
          assert.ok(line.endsWith('\n'))
        },
      ),
    )
  })
}
