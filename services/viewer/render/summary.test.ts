import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { State } from '../device/state.ts'
import { summary, tabTitle } from './summary.ts'

const devices = (...states: State[]) => states.map((state, i) => ({ device: `device-${i}`, state }))

test('the summary counts the devices that need a look', () => {
  assert.equal(summary(devices('silent', 'late', 'contested', 'up-to-date')), '3 of 4 devices need a look')
  assert.equal(summary(devices('late', 'by-hand')), '1 of 2 devices needs a look')
})

test('the summary says if all is well, and does not claim it of devices that promise nothing', () => {
  assert.equal(summary(devices('up-to-date', 'up-to-date')), 'All 2 devices are up to date')
  assert.equal(
    summary(devices('up-to-date', 'up-to-date', 'by-hand')),
    '2 of 3 devices are up to date, 1 by hand',
  )
  assert.equal(summary(devices('by-hand', 'by-hand')), 'All 2 devices report by hand')
})

test('a single device is named', () => {
  assert.equal(summary(devices('up-to-date')), 'device-0 is up to date')
  assert.equal(summary(devices('by-hand')), 'device-0 reports by hand')
  assert.equal(summary(devices('silent')), 'device-0 needs a look')
})

test('the title of the tab begins with the number of devices that need a look', () => {
  assert.equal(tabTitle(devices('silent', 'late', 'up-to-date')), '(2) 3 devices')
  assert.equal(tabTitle(devices('by-hand')), '1 device')
})
