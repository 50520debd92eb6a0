import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import { NOON } from '../../fixtures/events.ts'
import { RestoreDetector } from './restore-detector.ts'

const MINUTE = 60_000

/** Devices by name and last report. */
const devices = (lastSeen: Record<string, number>) =>
  Object.entries(lastSeen).map(([name, at]) => ({
    device: parseDeviceName(name),
    lastSeen: at,
    interval: 300,
    dueAt: null,
    lateAfter: null,
    skewMs: 0,
    secretAdded: 1,
  }))

test('newer reports, new devices and deleted devices are no restore', () => {
  const detector = new RestoreDetector(0)
  for (const state of [{ a: NOON, b: NOON }, { a: NOON + 1, b: NOON }, { b: NOON }, { b: NOON, c: 5 }, {}]) {
    assert.equal(detector.isRestored(devices(state)), false)
  }
})

test('a device whose last report is more than a minute older is a restore, once', () => {
  const detector = new RestoreDetector(0)
  const look = (at: number) => detector.isRestored(devices({ a: NOON + 9, b: at }))
  assert.equal(look(NOON), false)
  assert.equal(look(NOON - MINUTE), false)
  assert.equal(look(NOON - 2 * MINUTE - 1), true)
  assert.equal(look(NOON - 2 * MINUTE - 1), false)
})

test('at the start, a newest report more than a minute older than that of the last run is a restore', () => {
  const isRestored = (newest: number) =>
    new RestoreDetector(NOON).isRestored(devices({ a: newest, b: newest - MINUTE }))
  assert.deepEqual([isRestored(NOON - MINUTE), isRestored(NOON - MINUTE - 1)], [false, true])
})

test('the newest report is that of the devices as they are now', () => {
  const detector = new RestoreDetector(NOON)
  assert.equal(detector.newestReport, NOON)
  detector.isRestored(devices({ a: NOON - 5, b: NOON - 4, c: NOON - 6 }))
  assert.equal(detector.newestReport, NOON - 4)
})
