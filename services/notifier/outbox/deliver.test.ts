import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '@ipupdater/runtime'
import type { Failed } from '../channels/channel.ts'
import { changedAt, NOON } from '../fixtures/events.ts'
import type { Clock } from '../fixtures/outbox.ts'
import { announce, clockAt, recordingChannel, temporaryOutbox } from '../fixtures/outbox.ts'
import { deliverDue } from './deliver.ts'
import type { Outbox } from './outbox.ts'

const HOUR = 3_600_000
const never = new AbortController().signal
const failing: Failed = { kind: 'failed', reason: 'answered 503' }

const deliver = (outbox: Outbox, clock: Clock, channel: ReturnType<typeof recordingChannel>) =>
  deliverDue(channel, { messages: outbox.messages, now: clock.now, random: () => 0, log: silentLog }, never)

/** Lets time pass from one due message to the next, until this moment. */
async function passUntil(
  end: number,
  outbox: Outbox,
  clock: Clock,
  channel: ReturnType<typeof recordingChannel>,
): Promise<void> {
  for (;;) {
    const next = await deliver(outbox, clock, channel)
    if (next === null || next > end) break
    clock.time = next
  }
  clock.time = end
}

test('an event is sent once on each channel, oldest first, even if it is announced twice', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channels = [recordingChannel('a'), recordingChannel('b')] as const
  const events = [changedAt(NOON), changedAt(NOON + 1)]
  for (const event of events) assert.equal(await announce(fixture.outbox, event, channels), true)
  assert.equal(await announce(fixture.outbox, changedAt(NOON), channels), false)
  for (const channel of channels) {
    assert.equal(await deliver(fixture.outbox, clock, channel), null)
    await deliver(fixture.outbox, clock, channel)
    assert.deepEqual(channel.sent, events)
  }
})

test('a channel that fails is tried again by the schedule, and holds up no other', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const [bad, good] = [recordingChannel('bad', () => failing), recordingChannel('good')]
  await announce(fixture.outbox, changedAt(NOON), [bad, good])
  assert.equal(await deliver(fixture.outbox, clock, bad), NOON + 5_000)
  assert.equal(await deliver(fixture.outbox, clock, good), null)
  assert.deepEqual([bad.sent.length, good.sent.length], [1, 1])
  clock.time = NOON + 4_999
  await deliver(fixture.outbox, clock, bad)
  assert.equal(bad.sent.length, 1)
  clock.time = NOON + 5_000
  assert.equal(await deliver(fixture.outbox, clock, bad), NOON + 35_000)
  assert.equal(bad.sent.length, 2)
})

test('a channel that takes nothing for a day loses nothing, and gets it all once it works again', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => failing)
  const events = Array.from({ length: 24 }, (_, hour) => changedAt(NOON + hour * HOUR))
  for (const event of events) {
    await passUntil(event.at, fixture.outbox, clock, channel)
    await announce(fixture.outbox, event, [channel])
  }
  await passUntil(NOON + 24 * HOUR, fixture.outbox, clock, channel)
  const tries = channel.sent.length
  assert.ok(tries < 24 * 9, `${tries} tries in a day`)

  channel.sent.length = 0
  channel.answer = () => ({ kind: 'delivered', answer: 'ok' })
  const next = await fixture.outbox.messages.nextDueAt('a')
  clock.time = next ?? 0
  await deliver(fixture.outbox, clock, channel)
  assert.deepEqual(new Set(channel.sent.map(({ id }) => id)), new Set(events.map(({ id }) => id)))
  assert.equal(channel.sent.length, events.length)
  assert.equal(clock.time, next, 'the first success brings the others at once')
})

test('a message that is never taken is given up after three days, and listed', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => failing)
  await announce(fixture.outbox, changedAt(NOON), [channel])
  await passUntil(NOON + 10 * 24 * HOUR, fixture.outbox, clock, channel)
  const [message] = await fixture.outbox.undelivered(10)
  assert.deepEqual([message?.state, message?.reason], ['given-up', 'answered 503'])
  const [summary] = await fixture.outbox.channels()
  assert.deepEqual([summary?.waiting, summary?.givenUp, summary?.failingSince], [0, 1, NOON])
})

test('a message that alone is never taken is not sent again after each one that is', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const poison = changedAt(NOON)
  const channel = recordingChannel('a', () =>
    channel.sent.at(-1)?.id === poison.id ? failing : { kind: 'delivered', answer: 'ok' },
  )
  await announce(fixture.outbox, poison, [channel])
  for (let n = 1; n <= 20; n++) await announce(fixture.outbox, changedAt(NOON + n), [channel])
  await deliver(fixture.outbox, clock, channel)
  assert.equal(channel.sent.filter(({ id }) => id === poison.id).length, 1)
  assert.equal(channel.sent.length, 21)
})

test('410 stops a channel until it is started again; what waits is not lost', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => ({ ...failing, isGone: true }))
  await announce(fixture.outbox, changedAt(NOON), [channel])
  await announce(fixture.outbox, changedAt(NOON + 1), [channel])
  assert.equal(await deliver(fixture.outbox, clock, channel), null)
  clock.time += HOUR
  await deliver(fixture.outbox, clock, channel)
  assert.equal(channel.sent.length, 1)
  assert.equal((await fixture.outbox.channels())[0]?.stoppedAt, NOON)

  channel.answer = () => ({ kind: 'delivered', answer: 'ok' })
  await fixture.outbox.messages.start('a')
  await deliver(fixture.outbox, clock, channel)
  assert.equal(channel.sent.length, 3)
})

test('Retry-After is waited for', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => ({ ...failing, retryAfterMs: HOUR }))
  await announce(fixture.outbox, changedAt(NOON), [channel])
  assert.equal(await deliver(fixture.outbox, clock, channel), NOON + HOUR)
})

test('a message put in again while it is being sent is sent again', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const event = changedAt(NOON)
  const channel = recordingChannel('a')
  await announce(fixture.outbox, event, [channel])
  const send = channel.send
  channel.send = async (...args) => {
    if (channel.sent.length === 0) {
      await fixture.outbox.transaction(t => t.put(event, channel))
    }
    return send(...args)
  }
  await deliver(fixture.outbox, clock, channel)
  assert.equal(channel.sent.length, 2)
})

test('a newer message for a channel that wants only the newest replaces those that wait', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = { ...recordingChannel('publish-home'), kind: 'publish' as const }
  await announce(fixture.outbox, changedAt(NOON), [channel])
  await announce(fixture.outbox, changedAt(NOON + 1), [channel])
  await deliver(fixture.outbox, clock, channel)
  assert.deepEqual(
    channel.sent.map(({ at }) => at),
    [NOON + 1],
  )
})

test('what was postponed is due then, and is no failure', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => ({ kind: 'postponed', until: NOON + HOUR, reason: 'not yet' }))
  await announce(fixture.outbox, changedAt(NOON), [channel])
  assert.equal(await deliver(fixture.outbox, clock, channel), NOON + HOUR)
  assert.equal((await fixture.outbox.channels())[0]?.failingSince, null)
  channel.answer = () => ({ kind: 'delivered', answer: 'ok', againAt: NOON + 2 * HOUR })
  clock.time = NOON + HOUR
  assert.equal(await deliver(fixture.outbox, clock, channel), NOON + 2 * HOUR)
})

test('a message that has become obsolete is taken out, and the channel is not failing any more', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => failing)
  await announce(fixture.outbox, changedAt(NOON), [channel])
  await deliver(fixture.outbox, clock, channel)
  assert.equal((await fixture.outbox.channels())[0]?.failingSince, NOON)
  channel.answer = () => ({ kind: 'obsolete', reason: 'the device was deleted' })
  clock.time += 5_000
  assert.equal(await deliver(fixture.outbox, clock, channel), null)
  assert.deepEqual(await fixture.outbox.undelivered(1), [])
  const [summary] = await fixture.outbox.channels()
  assert.deepEqual([summary?.failingSince, summary?.reason, summary?.givenUp], [null, null, 0])
})

test('a channel that throws counts as failed, without the text of the error', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => {
    throw Object.assign(new Error('https://user:password@…'), { code: 'EBUG' })
  })
  await announce(fixture.outbox, changedAt(NOON), [channel])
  await deliver(fixture.outbox, clock, channel)
  assert.equal((await fixture.outbox.undelivered(1))[0]?.reason, 'not sent: EBUG')
})

test('a message that the stop interrupted is not counted as tried', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const stop = new AbortController()
  const channel = recordingChannel('a', () => {
    stop.abort()
    return failing
  })
  await announce(fixture.outbox, changedAt(NOON), [channel])
  const deps = { messages: fixture.outbox.messages, now: clock.now, random: () => 0, log: silentLog }
  await deliverDue(channel, deps, stop.signal)
  assert.equal((await fixture.outbox.undelivered(1))[0]?.tries, 0)
})
