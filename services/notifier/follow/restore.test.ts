import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup, restore } from '@ipupdater/storage'
import { inShort, openStage } from '../fixtures/follower.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const [one, two, three] = ['203.0.113.1', '203.0.113.2', '203.0.113.3'] as const

test('after a restore of an older database nothing is announced twice', async () => {
  await using stage = await openStage({ before: [{ address: one }, { device: 'lost' }] })
  const { dataDir, clock } = stage
  await stage.report({ address: two }, { device: 'lost' })
  await stage.pass(MINUTE)
  const file = join(dataDir, 'backup.sqlite')
  await backup(dataDir, file)
  for (let n = 0; n < 3; n++) {
    await stage.report({ address: three })
    await stage.pass(5 * MINUTE, 15 * SECOND)
  }
  assert.deepEqual(stage.news().map(inShort), [
    `address.changed home ${one} → ${two}`,
    `address.changed home ${two} → ${three}`,
    'device.late lost',
  ])
  const published = stage.publisher.sent.length

  await restore({ dir: dataDir, file, now: clock.now })
  await stage.pass(2 * MINUTE, 15 * SECOND)
  await stage.report({ address: three })
  await stage.restart()
  await stage.pass(5 * MINUTE, 15 * SECOND)
  assert.deepEqual(stage.news(), [])
  assert.equal(stage.publisher.sent.length, published)

  await stage.report({ address: one }, { device: 'lost' })
  await stage.pass(MINUTE)
  assert.deepEqual(stage.news().map(inShort), [
    'device.recovered lost',
    `address.changed home ${three} → ${one}`,
  ])
})

test('a restored database, and a notifier that starts right after: no device is late by it', async () => {
  await using stage = await openStage({ before: [{}] })
  const { dataDir, clock } = stage
  const file = join(dataDir, 'backup.sqlite')
  await backup(dataDir, file)
  for (let n = 0; n < 6; n++) {
    await stage.report({})
    await stage.pass(5 * MINUTE, 15 * SECOND)
  }
  await restore({ dir: dataDir, file, now: clock.now })
  await stage.restart()
  await stage.pass(5 * MINUTE, 15 * SECOND)
  await stage.report({})
  await stage.pass(5 * MINUTE, 15 * SECOND)
  assert.deepEqual(stage.news(), [])
})
