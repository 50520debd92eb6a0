import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceName } from '@ipupdater/protocol'
import type { Reader } from '@ipupdater/storage'
import { NOON } from '../../fixtures/events.ts'
import { openFixture } from '../../fixtures/follower.ts'
import { DeviceSweep } from './device-sweep.ts'

const SECOND = 1_000

/** A reader that returns two devices a page, so that a few devices are several portions. */
const twoAtATime = (reader: Reader): Pick<Reader, 'devices'> => ({
  devices: page => reader.devices({ ...page, limit: 2 }),
})

test('the portions of a sweep have every device once, and every name belongs to one of them', async () => {
  await using fixture = await openFixture({ before: ['a', 'b', 'c'].map(device => ({ device })) })
  const sweep = new DeviceSweep(twoAtATime(fixture.reader))
  const portions = [await sweep.next('1', NOON), await sweep.next('1', NOON), await sweep.next('1', NOON)]
  assert.deepEqual(
    portions.map(
      portion => portion && [portion.after, portion.devices.map(({ device }) => device), portion.upTo],
    ),
    [[null, ['a', 'b'], 'b'], ['b', ['c'], null], null],
  )
})

test('a sweep that has begun is finished, whatever changes; a new one begins for a new reason', async () => {
  await using fixture = await openFixture({ before: ['a', 'b', 'c'].map(device => ({ device })) })
  const sweep = new DeviceSweep(twoAtATime(fixture.reader))
  const after = async (reason: string, time: number) => (await sweep.next(reason, time))?.after
  assert.equal(await after('1', NOON), null)
  assert.equal(await after('2', NOON + 9 * SECOND), 'b')
  assert.equal(await after('1', NOON + 9 * SECOND), undefined, 'nothing has changed since it began')
  assert.equal(await after('2', NOON + 9 * SECOND), null)
})

test('sweeps begin 5 s apart, or at once after the clock was set back', async () => {
  await using fixture = await openFixture({ before: [{}] })
  const sweep = new DeviceSweep(fixture.reader)
  const begins = async (reason: string, time: number) => (await sweep.next(reason, time)) !== null
  assert.equal(await begins('1', NOON), true)
  assert.equal(await begins('2', NOON + 5 * SECOND - 1), false)
  assert.equal(await begins('2', NOON + 5 * SECOND), true)
  assert.equal(await begins('3', NOON + 5 * SECOND), false)
  assert.equal(await begins('3', NOON), true)
})

test('a portion that could not be read is read again', async () => {
  const pages: (DeviceName | undefined)[] = []
  let isBroken = true
  const sweep = new DeviceSweep({
    async devices({ after }) {
      pages.push(after)
      if (isBroken) throw new Error('the disk')
      return { devices: [], next: null }
    },
  })
  await assert.rejects(sweep.next('1', NOON))
  isBroken = false
  assert.deepEqual(await sweep.next('1', NOON), { after: null, upTo: null, devices: [] })
  assert.equal(await sweep.next('1', NOON + 9 * SECOND), null)
  assert.equal(pages.length, 2)
})
