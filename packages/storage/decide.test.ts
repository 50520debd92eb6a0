import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Report } from './contract.ts'
import type { DeviceState } from './decide.ts'
import { decide, encodeReport, isContested } from './decide.ts'
import { proofOf, report } from './fixtures/reports.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = 1_763_827_200_123

test('a first report opens a tenure and is new', () => {
  const { outcome, state, closed, outage } = decide(null, encodeReport(report(1000)), 0)
  assert.deepEqual(outcome, { result: 'new', address: '192.0.2.1', firstSeen: 1000, lastSeen: 1000 })
  assert.equal(state?.tenures[4]?.confirmations, 1)
  assert.equal(state?.tenures[6], null)
  assert.deepEqual([closed, outage], [null, null])
})

test('the same address again extends the tenure', () => {
  const { outcome, state, closed } = decide(after(report(1000)), encodeReport(report(2000)), 0)
  assert.deepEqual(outcome, { result: 'refreshed', address: '192.0.2.1', firstSeen: 1000, lastSeen: 2000 })
  assert.equal(state?.tenures[4]?.confirmations, 2)
  assert.equal(closed, null)
})

test('another address ends the tenure unchanged, and opens the next', () => {
  const { outcome, closed } = decide(
    after(report(1000), report(2000)),
    encodeReport(report(3000, { address: '192.0.2.2' })),
    0,
  )
  assert.deepEqual(outcome, { result: 'new', address: '192.0.2.2', firstSeen: 3000, lastSeen: 3000 })
  assert.deepEqual(
    [closed?.address, closed?.firstSeen, closed?.lastSeen, closed?.confirmations],
    ['192.0.2.1', 1000, 2000, 2],
  )
})

test('a report changes nothing in the other family', () => {
  const { outcome, state, closed } = decide(
    after(report(5000)),
    encodeReport(report(3000, { address: '2001:db8::1' })),
    0,
  )
  assert.equal('result' in outcome && outcome.result, 'new')
  assert.equal(closed, null)
  assert.equal(state?.tenures[4]?.address, '192.0.2.1')
})

test('an older report is refused with the time that counts', () => {
  const { outcome, state } = decide(after(report(2000)), encodeReport(report(1999)), 0)
  assert.deepEqual(outcome, { refused: 'not-newer', last: 2000 })
  assert.equal(state, null)
})

test('another message with an equal time is refused', () => {
  const { outcome } = decide(after(report(2000)), encodeReport(report(2000, { address: '192.0.2.2' })), 0)
  assert.deepEqual(outcome, { refused: 'not-newer', last: 2000 })
})

test('the identical message again gets the same receipt, new or refreshed, and changes nothing', () => {
  for (const sent of [[report(1000)], [report(1000), report(2000)]]) {
    const before = after(...sent)
    const last = sent.at(-1) as Report
    const first = decide(after(...sent.slice(0, -1)), encodeReport(last), 0)
    const second = decide(before, encodeReport(last), 0)
    const outcome = { ...first.outcome, repeated: true }
    assert.deepEqual(second, { outcome, state: null, closed: null, outage: null })
  }
})

test('the same proof with another time is not the same message', () => {
  const proof = proofOf('the same')
  const { outcome } = decide(after(report(1000, { proof })), encodeReport(report(2000, { proof })), 0)
  assert.deepEqual(outcome, { result: 'refreshed', address: '192.0.2.1', firstSeen: 1000, lastSeen: 2000 })
})

test('every report up to the replay floor is refused, even the first of a device', () => {
  assert.deepEqual(decide(null, encodeReport(report(1000)), 1000).outcome, {
    refused: 'not-newer',
    last: 1000,
  })
  assert.equal('result' in decide(null, encodeReport(report(1001)), 1000).outcome, true)
})

test('a report after a silence longer than the interval and its grace ends an outage', () => {
  const before = after(report(START, { interval: 300 }))
  const inTime = START + 300_000 + 150_000
  assert.equal(decide(before, encodeReport(report(inTime)), 0).outage, null)
  const late = decide(before, encodeReport(report(inTime + 1)), 0)
  assert.deepEqual(late.outage, { from: START + 300_000, to: inTime + 1 })
})

test('a report of the other family keeps the device from being late', () => {
  const before = after(
    report(START, { interval: 60 }),
    report(START + 5 * MINUTE, { interval: 60, address: '2001:db8::1' }),
  )
  assert.equal(decide(before, encodeReport(report(START + 6 * MINUTE)), 0).outage, null)
})

test('a device with IPv6 only is late by its IPv6 reports', () => {
  const before = after(report(START, { interval: 60, address: '2001:db8::1' }))
  const { outage } = decide(before, encodeReport(report(START + HOUR, { address: '2001:db8::1' })), 0)
  assert.deepEqual(outage, { from: START + MINUTE, to: START + HOUR })
})

test('a device that promised no interval is never late', () => {
  assert.equal(decide(after(report(START)), encodeReport(report(START + 1000 * HOUR)), 0).outage, null)
})

test('the interval is the one of the latest report, even if that promises none', () => {
  const before = after(report(START, { interval: 60 }))
  assert.equal(decide(before, encodeReport(report(START + 1)), 0).state?.interval, null)
})

test('A, B, A within the hour is a flip; A, B, C and a slow A, B, A are not', () => {
  const ab = after(report(START), report(START + 1000, { address: '192.0.2.2' }))
  const back = (timestamp: number, address: string) => {
    const tenure = decide(ab, encodeReport(report(timestamp, { address })), 0).state?.tenures[4]
    return [tenure?.flips, tenure?.flippedAt]
  }
  assert.deepEqual(back(START + HOUR, '192.0.2.1'), [1, START + HOUR])
  assert.deepEqual(back(START + HOUR + 1, '192.0.2.1'), [0, null])
  assert.deepEqual(back(START + 2000, '192.0.2.3'), [0, null])
})

test('flips are counted across tenures', () => {
  const flipping = after(
    ...[0, 1, 2, 3].map(n => report(START + n * 1000, { address: n % 2 ? '192.0.2.2' : '192.0.2.1' })),
  )
  assert.equal(flipping?.tenures[4]?.flips, 2)
  const moved = decide(flipping, encodeReport(report(START + 9000, { address: '192.0.2.9' })), 0).state
    ?.tenures[4]
  assert.deepEqual([moved?.flips, moved?.flippedAt], [2, START + 3000])
})

test('a skew that changes by less than five seconds is not written', () => {
  const before = after(report(START, { skewMs: 1000 }))
  assert.equal(decide(before, encodeReport(report(START + 1, { skewMs: 5999 })), 0).state?.skewMs, 1000)
  assert.equal(decide(before, encodeReport(report(START + 1, { skewMs: 6000 })), 0).state?.skewMs, 6000)
})

test('an address is contested for an hour after a flip', () => {
  assert.equal(isContested(1000, 1000), true)
  assert.equal(isContested(1000, 1000 + 3_599_999), true)
  assert.equal(isContested(1000, 1000 + 3_600_000), false)
})

test('an address that never flipped is not contested', () => {
  assert.equal(isContested(null, 0), false)
})

function after(...reports: readonly Report[]): DeviceState | null {
  let state: DeviceState | null = null
  for (const next of reports) state = decide(state, encodeReport(next), 0).state ?? state
  return state
}
