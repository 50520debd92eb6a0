import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { zonedTime } from '../render/zoned-time.ts'
import { cursor, deviceName, family, instant, limit } from './parameters.ts'
import { parseQuery } from './query.ts'

const berlin = instant(zonedTime('Europe/Berlin'))
const known = { family, limit }

test('parameters are parsed, absent ones are left out, and format is ignored', () => {
  assert.deepEqual({ ...parseQuery({ family: '6', format: 'json' }, known) }, { family: 6 })
})

test('an unknown parameter is refused with a list of the known ones', () => {
  assert.throws(() => parseQuery({ form: '1' }, known), {
    code: 'bad-query',
    message: 'Unknown parameter "form". Use: family, limit, format.',
  })
})

test('a parameter named like a member of every object is unknown too', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const query = Object.assign(Object.create(null), { [name]: '1' })
    assert.throws(() => parseQuery(query, known), { code: 'bad-query' })
  }
})

test('a parameter that is given twice is refused, even with the same value', () => {
  assert.throws(() => parseQuery({ family: ['4', '4'] }, known), {
    code: 'bad-query',
    message: 'family is given more than once.',
  })
})

test('a wrong value is refused with what was given and what is expected', () => {
  assert.throws(() => parseQuery({ limit: '1001' }, known), {
    code: 'bad-query',
    message: 'limit="1001" is not a whole number from 1 to 1000.',
  })
  for (const text of ['0', '-1', '1.5', '1e2', ' 5', '٣']) {
    assert.throws(() => parseQuery({ limit: text }, known), { code: 'bad-query' })
  }
  for (const text of ['5', '46', 'IPv4']) {
    assert.throws(() => parseQuery({ family: text }, known), { code: 'bad-query' })
  }
  assert.throws(() => parseQuery({ after: 'UPPER' }, { after: deviceName }), { code: 'bad-query' })
  assert.throws(() => parseQuery({ before: 'nonsense' }, { before: cursor }), { code: 'bad-query' })
})

test('a date is its midnight in the zone, and a time without an offset is a time in the zone', () => {
  assert.equal(berlin.read('2026-11-22'), Date.UTC(2026, 10, 21, 23))
  assert.equal(berlin.read('2026-07-01'), Date.UTC(2026, 5, 30, 22))
  assert.equal(berlin.read('2026-11-22T14:03'), Date.UTC(2026, 10, 22, 13, 3))
  assert.equal(berlin.read('2026-11-22 14:03:20.5'), Date.UTC(2026, 10, 22, 13, 3, 20, 500))
})

test('a time with an offset is that instant, even if the plus arrives as a space', () => {
  const at = Date.UTC(2026, 10, 22, 13, 3)
  for (const text of ['2026-11-22T14:03+01:00', '2026-11-22T14:03 01:00', '2026-11-22T13:03Z']) {
    assert.equal(berlin.read(text), at)
  }
  assert.equal(berlin.read(String(at)), at)
})

test('an empty value is the same as none, as a form sends it', () => {
  assert.deepEqual({ ...parseQuery({ family: '', limit: '5' }, known) }, { limit: 5 })
})

test('seconds are refused, with the same time in milliseconds', () => {
  assert.throws(() => parseQuery({ from: '1795352600' }, { from: berlin }), {
    code: 'bad-query',
    message: '1795352600 looks like seconds. Use milliseconds: 1795352600000.',
  })
  assert.equal(berlin.read('0'), 0)
  assert.equal(berlin.read('100000000000'), 1e11)
})

test('a text that is not a time is refused', () => {
  for (const text of [
    '',
    'yesterday',
    '2026-02-31',
    '2026-13-01',
    '2026-11-22T24:01',
    '1969-12-31',
    '-5',
    '2026-11-22T14',
    '1e3',
  ]) {
    assert.throws(() => berlin.read(text), `${text} was taken`)
  }
})

test('the viewer reads a time that it wrote as the same second', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia')
  const at = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2100, 0) })
  fc.assert(
    fc.property(zone, at, (timeZone, ms) => {
      const time = zonedTime(timeZone)
      assert.equal(instant(time).read(time.iso(ms)), Math.floor(ms / 1000) * 1000)
    }),
  )
})

test('every text is either a whole number of milliseconds since 1970 or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?$/)),
      text => {
        try {
          const at = berlin.read(text)
          assert.ok(Number.isSafeInteger(at) && at >= 0)
        } catch (error) {
          assert.ok(error instanceof RangeError)
        }
      },
    ),
  )
})
