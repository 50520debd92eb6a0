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
  test(`"${pattern}" is no schedule`, () => {
    assert.throws(() => parseSchedule(pattern))
  })
}
