import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup, restore } from '@ipupdater/storage'
import { openFixture, summary } from '../../fixtures/follower.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const [one, two, three] = ['203.0.113.1', '203.0.113.2', '203.0.113.3'] as const

test('after a restore of an older database nothing is announced twice', async () => {
  await using fixture = await openFixture({ before: [{ address: one }, { device: 'lost' }] })
  const { dataDir, clock } = fixture
  await fixture.report({ address: two }, { device: 'lost' })
  await fixture.pass(MINUTE)
  const file = join(dataDir, 'backup.sqlite')
  await backup(dataDir, file)
  for (let n = 0; n < 3; n++) {
    await fixture.report({ address: three })
    await fixture.pass(5 * MINUTE, 15 * SECOND)
  }
  assert.deepEqual(fixture.received().map(summary), [
    `address.changed home ${one} → ${two}`,
    `address.changed home ${two} → ${three}`,
    'device.late lost',
  ])
  const published = fixture.publisher.sent.length

  await restore({ dir: dataDir, file, now: clock.now })
  await fixture.pass(2 * MINUTE, 15 * SECOND)
  await fixture.report({ address: three })
  await fixture.restart()
  await fixture.pass(5 * MINUTE, 15 * SECOND)
  assert.deepEqual(fixture.received(), [])
  assert.equal(fixture.publisher.sent.length, published)

  await fixture.report({ address: one }, { device: 'lost' })
  await fixture.pass(MINUTE)
  assert.deepEqual(fixture.received().map(summary), [
    'device.recovered lost',
    `address.changed home ${three} → ${one}`,
  ])
})

test('a restored database, and a notifier that starts right after: no device is late by it', async () => {
  await using fixture = await openFixture({ before: [{}] })
  const { dataDir, clock } = fixture
  const file = join(dataDir, 'backup.sqlite')
  await backup(dataDir, file)
  for (let n = 0; n < 6; n++) {
    await fixture.report({})
    await fixture.pass(5 * MINUTE, 15 * SECOND)
  }
  await restore({ dir: dataDir, file, now: clock.now })
  await fixture.restart()
  await fixture.pass(5 * MINUTE, 15 * SECOND)
  await fixture.report({})
  await fixture.pass(5 * MINUTE, 15 * SECOND)
  assert.deepEqual(fixture.received(), [])
})
