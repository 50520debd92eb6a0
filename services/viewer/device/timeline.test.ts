import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { activityFixture, outage, tenure } from '../fixtures/activity.ts'
import { timeline } from './timeline.ts'

const within = { from: 1_000, to: 2_000 }
const round = (n: number) => Math.round(n * 1_000) / 1_000
const placed = ({ x, width }: { x: number; width: number }) => [round(x), round(width)]

test('a tenure is a bar at its place, cut at the beginning of the period', () => {
  const activity = activityFixture([tenure('203.0.113.1', 0, 1_250), tenure('203.0.113.2', 1_250, 1_900)])
  const [ipv4] = timeline(activity, within).families
  assert.deepEqual(ipv4?.bars.map(placed), [
    [0, 0.25],
    [0.25, 0.65],
  ])
})

test('the current address of a device with a schedule lasts until now, otherwise until its last confirmation', () => {
  const current = [tenure('203.0.113.1', 1_000, 1_500, true)]
  const width = (hasSchedule: boolean) =>
    timeline(activityFixture(current, [], { hasSchedule }), within).families[0]?.bars[0]?.width
  assert.equal(width(true), 1)
  assert.equal(width(false), 0.5)
})

test('each family has its own line, and a family without a bar has none', () => {
  const activity = activityFixture([tenure('2001:db8::1', 1_000, 2_000), tenure('203.0.113.1', 0, 900)])
  const { families } = timeline(activity, within)
  assert.deepEqual(
    families.map(({ family }) => family),
    [6],
  )
})

test('outages are gaps at their places', () => {
  const activity = activityFixture([], [outage(0, 999), outage(900, 1_100), outage(1_900, null)])
  assert.deepEqual(timeline(activity, within).gaps.map(placed), [
    [0, 0.1],
    [0.9, 0.1],
  ])
})

test('short neighbours share a bar, which still has all of them', () => {
  const short = [0, 1, 2, 3].map(i => tenure(`203.0.113.${i}`, 1_500 + i, 1_500 + i))
  const [ipv4] = timeline(activityFixture(short), within).families
  assert.deepEqual(
    ipv4?.bars.map(({ tenures }) => tenures.length),
    [4],
  )
})

test('a short tenure next to a long one has a bar of its own', () => {
  const tenures = [tenure('203.0.113.1', 1_000, 1_001), tenure('203.0.113.2', 1_001, 1_900)]
  const [ipv4] = timeline(activityFixture(tenures), within).families
  assert.deepEqual(ipv4?.bars.map(placed), [
    [0, 0.005],
    [0.005, 0.895],
  ])
})

test('bars stay on the line, do not overlap, can be seen, and lose no tenure', () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 50 })), {
    minLength: 1,
    maxLength: 300,
  })
  fc.assert(
    fc.property(lengths, parts => {
      let at = 900
      const tenures = parts.map(([length, pause], i) => {
        const one = tenure(`203.0.113.${i % 256}`, at, Math.min(2_000, at + length))
        at = Math.min(2_000, at + length + pause)
        return one
      })
      const bars = timeline(activityFixture(tenures), within).families.flatMap(({ bars }) => bars)
      const shown = tenures.filter(({ lastSeen }) => lastSeen >= within.from)
      assert.equal(bars.flatMap(bar => bar.tenures).length, shown.length)
      let end = 0
      for (const { x, width } of bars) {
        assert.ok(x >= 0 && x + width <= 1 + 1e-9 && width >= 1 / 200 - 1e-9)
        assert.ok(x >= end - 1 / 200 - 1e-9)
        end = x + width
      }
      assert.ok(bars.length <= 200)
    }),
  )
})
