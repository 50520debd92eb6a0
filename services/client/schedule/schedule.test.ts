import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSchedule } from './schedule.ts'

const at = (text: string) => Date.parse(text)
const following = (pattern: string, after: string, zone?: string) =>
  new Date(parseSchedule(pattern, zone).next(at(after))).toISOString()

test('the next time is later than the one asked about, even if that is on the schedule', () => {
  assert.equal(following('*/5 * * * *', '2026-01-01T00:05:00Z', 'UTC'), '2026-01-01T00:10:00.000Z')
  assert.equal(following('*/5 * * * *', '2026-01-01T00:04:59.999Z', 'UTC'), '2026-01-01T00:05:00.000Z')
})

test('of six fields the first is the seconds', () => {
  assert.equal(following('*/20 * * * * *', '2026-01-01T00:00:21Z', 'UTC'), '2026-01-01T00:00:40.000Z')
})

test('the schedule is by the clocks of its time zone, on both sides of a change of them', () => {
  assert.equal(following('30 12 * * *', '2026-03-28T00:00:00Z', 'Europe/Berlin'), '2026-03-28T11:30:00.000Z')
  assert.equal(following('30 12 * * *', '2026-03-29T00:00:00Z', 'Europe/Berlin'), '2026-03-29T10:30:00.000Z')
})

test('an hour that the clocks skip does not stop the schedule', () => {
  const schedule = parseSchedule('30 2 * * *', 'Europe/Berlin')
  const first = schedule.next(at('2026-03-28T12:00:00Z'))
  assert.ok(schedule.next(first) - first <= 25 * 3_600_000)
})

for (const pattern of ['every hour', '* * * *', '* * * * * * *', '61 * * * *', '0 0 30 2 *', '']) {
  test(`"${pattern}" is not a schedule`, () => {
    assert.throws(() => parseSchedule(pattern))
  })
}

const reasons: [string, RegExp][] = [
  ['0 24 * * *', /invalid value for hour: 24/],
  ['61 * * * *', /invalid value for minute: 61/],
  ['0 0 32 * *', /invalid value for day: 32/],
  ['0 0 * 13 *', /invalid value for month: 13/],
  [
    '0 0 * * FRI-MON',
    /the range FRI-MON ends before it begins; write it as two ranges, such as 22-23,0-2 for 22-2/,
  ],
  ['0 0 * nov-feb *', /the range nov-feb ends before it begins/],
  ['0 0 * * MONDAY', /MONDAY is not a name; names have three letters/],
  ['0 0 * * 8', /invalid value for day of the week: 8/],
  ['*/0 * * * *', /after "\/", a whole number from 1 is expected/],
  ['0 22-2 * * *', /the range 22-2 ends before it begins/],
  ['* * * * * * *', /it has 7 fields; 5 are needed, or 6 with seconds first/],
  ['* * *', /it has 3 fields; 5 are needed, or 6 with seconds first/],
  ['@every 5', /The unit is missing: "@every 5m"/],
  ['* * * *', /it has 4 fields/],
  ['hourly', /it has 1 field;/],
  ['@minutely', /no such nickname; there are @hourly/],
  ['0 0 30 2 *', /^ReadError: is a time that never comes/],
  ['@every 0s', /is not a schedule/],
  ['@every 32d', /is not a schedule\. Example: "@every 5m" \(from 1s to 31d\)/],
  ['@every 500', /The unit is missing: "@every 500m"/],
  ['@every   5', /The unit is missing: "@every 5m"/],
  ['@every 5m later', /is not a schedule\. Example/],
  ['@every', /is not a schedule\. Example/],
  ['0 0 * * SAT-FRI', /the range SAT-FRI ends before it begins/],
  ['0 0 * DEC-MAY *', /the range DEC-MAY ends before it begins/],
  [
    '0 0 32 * *',
    /^ReadError: is not a cron expression: invalid value for day: 32\. Example: "\*\/5 \* \* \* \*" or "@every 5m"$/,
  ],
]

for (const [pattern, reason] of reasons) {
  test(`"${pattern}" is refused with the reason`, () => {
    assert.throws(() => parseSchedule(pattern), reason)
  })
}

test('"@every" counts full periods, as cron does', () => {
  assert.equal(following('@every 5m', '2026-01-01T00:05:00Z'), '2026-01-01T00:10:00.000Z')
  assert.equal(following('@every 5m', '2026-01-01T00:04:59.999Z'), '2026-01-01T00:05:00.000Z')
  assert.equal(following('@every  1s', '2026-01-01T00:00:00Z'), '2026-01-01T00:00:01.000Z')
  assert.equal(following('@every 31d', '1970-01-01T00:00:00Z'), '1970-02-01T00:00:00.000Z')
  assert.equal(following('@every 1h30m', '2026-01-01T00:00:00Z'), '2026-01-01T01:30:00.000Z')
})

test('spaces around and between the fields do not count', () => {
  assert.equal(following(' 30  12 * * * ', '2026-01-01T00:00:00Z', 'UTC'), '2026-01-01T12:30:00.000Z')
})

test('the cause of a refusal is kept for the log', () => {
  assert.throws(
    () => parseSchedule('0 0 32 * *'),
    ({ cause }: Error) => cause instanceof Error,
  )
})

test('the zone of the schedule is that of TZ, unless another one is given', () => {
  const at = '2026-01-01T00:00:00Z'
  assert.equal(following('0 12 * * *', at, 'Asia/Tokyo'), '2026-01-01T03:00:00.000Z')
  assert.equal(following('0 12 * * *', at, 'UTC'), '2026-01-01T12:00:00.000Z')
})
