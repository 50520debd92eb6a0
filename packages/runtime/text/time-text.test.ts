import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { timeText } from './time-text.ts'

function useZone(t: TestContext, zone: string): void {
  const before = process.env.TZ
  process.env.TZ = zone
  t.after(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })
}

const times: [zone: string, text: string][] = [
  ['UTC', '2026-07-01T12:30:05+00:00'],
  ['Europe/Berlin', '2026-07-01T14:30:05+02:00'],
  ['America/St_Johns', '2026-07-01T10:00:05-02:30'],
]

for (const [zone, text] of times) {
  test(`a time in ${zone} has the offset of the zone at that time`, t => {
    useZone(t, zone)
    assert.equal(timeText(Date.UTC(2026, 6, 1, 12, 30, 5, 999)), text)
  })
}
