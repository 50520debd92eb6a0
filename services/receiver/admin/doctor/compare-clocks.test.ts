import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareClocks } from './compare-clocks.ts'

const at = 1_763_827_200_000

for (const [level, difference, roundTrip] of [
  ['ok', 0, 2],
  ['ok', -1000, 0],
  ['ok', 1000, 0],
  ['ok', 1040, 100], // may be the way there and back
  ['wrong', 1001, 0],
  ['wrong', -1001, 0],
  ['wrong', 1060, 100],
] as const) {
  test(`a clock ${difference} ms off, asked in ${roundTrip} ms, is ${level} with a tolerance of 2 s`, () => {
    const before = at + difference - roundTrip / 2
    const finding = compareClocks({ before, theirs: at, after: before + roundTrip, toleranceMs: 2000 })
    assert.equal(finding.level, level)
    assert.match(
      finding.text,
      new RegExp(`${Math.abs(difference)} ms ${difference < 0 ? 'behind' : 'ahead of'}`),
    )
  })
}
