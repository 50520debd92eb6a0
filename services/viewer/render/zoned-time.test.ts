import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { zonedTime } from './zoned-time.ts'

const berlin = zonedTime('Europe/Berlin')

test('an instant is written in the clocks of its zone, with the offset of that day', () => {
  assert.equal(berlin.iso(Date.UTC(2026, 10, 22, 13, 3, 20, 999)), '2026-11-22T14:03:20+01:00')
  assert.equal(berlin.iso(Date.UTC(2026, 6, 1, 22, 0)), '2026-07-02T00:00:00+02:00')
  assert.equal(berlin.minute(Date.UTC(2026, 10, 22, 13, 3, 20)), '2026-11-22 14:03')
})

test('offsets west of Greenwich, of half and of quarter hours are written out', () => {
  const noon = Date.UTC(2026, 0, 15, 12)
  assert.equal(zonedTime('America/St_Johns').iso(noon), '2026-01-15T08:30:00-03:30')
  assert.equal(zonedTime('Asia/Kathmandu').iso(noon), '2026-01-15T17:45:00+05:45')
  assert.equal(zonedTime('UTC').iso(noon), '2026-01-15T12:00:00+00:00')
})

test('a wall-clock time is found again on both sides of a change of clocks', () => {
  // 2026-03-29 02:00 CET → 03:00 CEST; 2026-10-25 03:00 CEST → 02:00 CET.
  assert.equal(berlin.instantOf(Date.UTC(2026, 2, 29, 1, 59)), Date.UTC(2026, 2, 29, 0, 59))
  assert.equal(berlin.instantOf(Date.UTC(2026, 2, 29, 3, 0)), Date.UTC(2026, 2, 29, 1, 0))
  assert.equal(berlin.instantOf(Date.UTC(2026, 9, 25, 1, 59)), Date.UTC(2026, 9, 24, 23, 59))
  assert.equal(berlin.instantOf(Date.UTC(2026, 9, 25, 3, 0)), Date.UTC(2026, 9, 25, 2, 0))
})

test('what iso writes is the same instant to the second, in every zone', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const instant = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2100, 0) })
  fc.assert(
    fc.property(zone, instant, (timeZone, at) => {
      assert.equal(Date.parse(zonedTime(timeZone).iso(at)), Math.floor(at / 1000) * 1000)
    }),
  )
})
