import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { zonedTime } from './zoned-time.ts'

const berlin = zonedTime('Europe/Berlin')

test('a time is written in its zone, with the offset of that day', () => {
  assert.equal(berlin.iso(Date.UTC(2026, 10, 22, 13, 3, 20, 999)), '2026-11-22T14:03:20+01:00')
  assert.equal(berlin.iso(Date.UTC(2026, 6, 1, 22, 0)), '2026-07-02T00:00:00+02:00')
})

test('people read the day first, the month as a word, and the year only where it is another one', () => {
  const at = Date.UTC(2026, 10, 22, 13, 3, 20)
  assert.equal(berlin.minute(at), '22 Nov 2026, 14:03')
  assert.equal(berlin.second(at), '22 Nov 2026, 14:03:20')
  assert.equal(berlin.clock(at), '14:03')
  assert.equal(berlin.day(at, at), '22 Nov')
  assert.equal(berlin.day(at, Date.UTC(2026, 11, 31, 23, 0)), '22 Nov 2026') // 2027 in Berlin
})

test('the last days begin and end at midnight of the zone, also when the clocks change', () => {
  const hours = (now: number) => berlin.lastDays(3, now).map(({ from, to }) => (to - from) / 3_600_000)
  assert.deepEqual(hours(Date.UTC(2026, 2, 30, 10)), [24, 23, 24])
  assert.deepEqual(hours(Date.UTC(2026, 9, 26, 10)), [24, 25, 24])
  const days = berlin.lastDays(90, Date.UTC(2026, 10, 22, 23, 30)) // the 23rd in Berlin
  assert.equal(days.length, 90)
  assert.deepEqual(days.at(-1), { from: Date.UTC(2026, 10, 22, 23), to: Date.UTC(2026, 10, 23, 23) })
  for (const [i, day] of days.entries()) assert.equal(day.from, days[i - 1]?.to ?? day.from)
})

test('offsets west of Greenwich, of half and of quarter hours are written out', () => {
  const noon = Date.UTC(2026, 0, 15, 12)
  assert.equal(zonedTime('America/St_Johns').iso(noon), '2026-01-15T08:30:00-03:30')
  assert.equal(zonedTime('Asia/Kathmandu').iso(noon), '2026-01-15T17:45:00+05:45')
  assert.equal(zonedTime('UTC').iso(noon), '2026-01-15T12:00:00+00:00')
})

test('a wall-clock time is found on both sides of a clock change', () => {
  // 2026-03-29 02:00 CET → 03:00 CEST; 2026-10-25 03:00 CEST → 02:00 CET.
  assert.equal(berlin.instantOf(Date.UTC(2026, 2, 29, 1, 59)), Date.UTC(2026, 2, 29, 0, 59))
  assert.equal(berlin.instantOf(Date.UTC(2026, 2, 29, 3, 0)), Date.UTC(2026, 2, 29, 1, 0))
  assert.equal(berlin.instantOf(Date.UTC(2026, 9, 25, 1, 59)), Date.UTC(2026, 9, 24, 23, 59))
  assert.equal(berlin.instantOf(Date.UTC(2026, 9, 25, 3, 0)), Date.UTC(2026, 9, 25, 2, 0))
})

test('iso writes the same instant to the second in every zone', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const instant = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2100, 0) })
  fc.assert(
    fc.property(zone, instant, (timeZone, at) => {
      assert.equal(Date.parse(zonedTime(timeZone).iso(at)), Math.floor(at / 1000) * 1000)
    }),
  )
})
