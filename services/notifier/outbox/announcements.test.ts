import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceName } from '@ipupdater/protocol'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { changedAt, home, NOON } from '../fixtures/events.ts'
import { announce, clockAt, recordingChannel, temporaryOutbox } from '../fixtures/outbox.ts'
import type { Outage } from './announced-outages.ts'

const DAY = 86_400_000
const [a, b, c] = ['a', 'b', 'c'].map(parseDeviceName) as [DeviceName, DeviceName, DeviceName]
const address = parseAddress('203.0.113.7')
const outage = (device: DeviceName, groupDue: number | null = null): Outage => {
  return { device, due: NOON, lastSeen: NOON - 1, since: NOON + 1, groupDue, messages: 2 }
}

test('a tenure is unread until it is marked, each by its device, family and beginning', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  const tenure = { device: a, family: 4, firstSeen: NOON } as const
  const others = [
    { ...tenure, device: b },
    { ...tenure, family: 6 as const },
    { ...tenure, firstSeen: NOON + 1 },
  ]
  await fixture.outbox.transaction(async t => {
    assert.deepEqual(await t.unread([tenure, ...others]), [tenure, ...others])
    await t.markRead(tenure)
    await t.markRead(tenure)
    assert.deepEqual(await t.unread([tenure, ...others]), others)
    assert.deepEqual(await t.unread([]), [])
  })
})

test('the address announced last replaces the one before, for each family', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  const six = parseAddress('2001:db8::7')
  await fixture.outbox.transaction(async t => {
    assert.equal(await t.addressOf(a, 4), null)
    await t.setAddress(a, 4, parseAddress('203.0.113.6'))
    await t.setAddress(a, 4, address)
    await t.setAddress(a, 6, six)
    assert.deepEqual([await t.addressOf(a, 4), await t.addressOf(a, 6)], [address, six])
    assert.equal(await t.addressOf(b, 4), null)
  })
})

test('addresses of devices that are gone are forgotten, only between the two names', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  await fixture.outbox.transaction(async t => {
    for (const device of [a, b, c]) await t.setAddress(device, 4, address)
    const left = async () => {
      const found = await Promise.all([a, b, c].map(async device => [device, await t.addressOf(device, 4)]))
      return found.filter(([, known]) => known !== null).map(([device]) => device)
    }
    await t.keepAddressesOf([b], a, b)
    assert.deepEqual(await left(), [a, b, c])
    await t.keepAddressesOf([], a, b)
    assert.deepEqual(await left(), [a, c])
    await t.keepAddressesOf([a], null, null)
    assert.deepEqual(await left(), [a])
  })
})

test('a contest is found once its time has come, until it is ended', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  await fixture.outbox.transaction(async t => {
    assert.equal(await t.contestAnnouncedAt(a, 4), null)
    await t.setContest(a, 4, NOON - 5)
    await t.setContest(a, 4, NOON)
    await t.setContest(b, 6, NOON + 1)
    assert.equal(await t.contestAnnouncedAt(a, 4), NOON)
    assert.equal(await t.contestAnnouncedAt(a, 6), null)
    assert.deepEqual(await t.contests(NOON - 1), [])
    assert.deepEqual(await t.contests(NOON), [{ device: a, family: 4 }])
    await t.endContest(a, 4)
    assert.deepEqual(await t.contests(NOON + 1), [{ device: b, family: 6 }])
  })
})

test('an announced outage is found by the names around it and by its group, until it is ended', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  await fixture.outbox.transaction(async t => {
    await t.saveOutages([outage(a), outage(b, NOON), outage(c, NOON)])
    assert.deepEqual(await t.outagesBetween(null, null), [outage(a), outage(b, NOON), outage(c, NOON)])
    assert.deepEqual(await t.outagesBetween(a, b), [outage(b, NOON)])
    assert.deepEqual(await t.outagesOfGroup(NOON), [outage(b, NOON), outage(c, NOON)])
    assert.deepEqual(await t.outagesOfGroup(NOON + 1), [])
    await t.saveOutages([{ ...outage(b, NOON), messages: 3 }])
    await t.endOutages([a, c])
    assert.deepEqual(await t.outagesBetween(null, null), [{ ...outage(b, NOON), messages: 3 }])
  })
})

test('an open event is found by its device until it is released, and keeps the time of its first part', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  await fixture.outbox.transaction(async t => {
    const event = changedAt(NOON)
    assert.equal(await t.openEvent(home), null)
    await t.keepOpen(event, NOON + 20)
    const grown = { ...event, changes: [...event.changes, ...event.changes] }
    await t.keepOpen(grown, NOON + 40)
    assert.deepEqual(await t.openEvent(home), grown)
    assert.equal(await t.openEvent(a), null)
    assert.deepEqual(await t.overdue(NOON + 19), [])
    assert.deepEqual(await t.overdue(NOON + 20), [grown])
    await t.release(event)
    assert.deepEqual([await t.overdue(NOON + DAY), await t.openEvent(home)], [[], null])
  })
})

test('a remembered number replaces the one before', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  await fixture.outbox.transaction(async t => {
    assert.equal(await t.number('position'), null)
    await t.setNumber('position', 1)
    await t.setNumber('position', 2)
    assert.deepEqual([await t.number('position'), await t.number('up-since')], [2, null])
  })
})

test('old tenures and finished events are forgotten, but none that waits or is open', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const { outbox } = fixture
  const [sent, silent, waiting] = [changedAt(NOON), changedAt(NOON + 1), changedAt(NOON + 2)]
  const channel = recordingChannel('a')
  await announce(outbox, sent, [channel])
  const message = await outbox.messages.nextDue('a', NOON)
  assert.ok(message)
  await outbox.messages.delivered('a', message, NOON, null)
  await announce(outbox, silent, [])
  await announce(outbox, waiting, [channel])
  const tenure = { device: a, family: 4, firstSeen: NOON } as const
  await outbox.transaction(async t => {
    await t.keepOpen(changedAt(NOON + 3), NOON + 20)
    await t.markRead(tenure)
    await t.markRead({ ...tenure, firstSeen: NOON - 1 })
    await t.prune(NOON, NOON)
  })
  clock.time = NOON + DAY
  const isNew = (event: typeof sent) => outbox.transaction(async t => t.add(event))
  assert.equal(await isNew(sent), false, 'not older than the limit')
  await outbox.transaction(async t => {
    assert.equal((await t.unread([tenure, { ...tenure, firstSeen: NOON - 1 }])).length, 1)
    await t.prune(NOON, NOON + 1)
  })
  assert.deepEqual([await isNew(sent), await isNew(silent)], [true, true])
  assert.deepEqual([await isNew(waiting), await isNew(changedAt(NOON + 3))], [false, false])
  assert.equal((await outbox.undelivered(9)).length, 1)
})
