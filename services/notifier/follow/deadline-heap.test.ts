import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceName } from '@ipupdater/protocol'
import fc from 'fast-check'
import { DeadlineHeap } from './deadline-heap.ts'

const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/), { maxLength: 60 })

test('devices are taken out in the order of their times, each once, with what was put in', () => {
  fc.assert(
    fc.property(
      names,
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 60, maxLength: 60 }),
      (devices, times) => {
        const heap = new DeadlineHeap()
        for (const [n, device] of devices.entries())
          heap.add(device as DeviceName, n, 'expected', times[n] ?? 0)
        for (const device of devices) assert.ok(heap.has(device as DeviceName))
        assert.ok(!heap.has('not there' as DeviceName))
        assert.equal(heap.count('expected'), devices.length)
        const taken = heap.takeDue(500, 1000)
        const due = devices
          .map((device, n) => ({ device, n, at: times[n] ?? 0 }))
          .filter(({ at }) => at <= 500)
        assert.deepEqual(
          new Set(taken.map(({ device, lastSeen }) => `${device} ${lastSeen}`)),
          new Set(due.map(({ device, n }) => `${device} ${n}`)),
        )
        const order = taken.map(({ lastSeen }) => times[lastSeen] ?? 0)
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
        )
        for (const { slot, lastSeen } of taken) heap.putBack(slot, lastSeen, 'late', 2000)
        assert.equal(heap.takeDue(1999, 1000).length, devices.length - due.length)
        assert.equal(heap.count('late'), due.length)
      },
    ),
  )
})

test('no more are taken than asked for, the longest due first', () => {
  const heap = new DeadlineHeap()
  for (const [n, name] of ['a', 'b', 'c'].entries()) heap.add(name as DeviceName, 0, 'expected', 3 - n)
  assert.deepEqual(
    heap.takeDue(5, 2).map(({ device }) => device),
    ['c', 'b'],
  )
})
