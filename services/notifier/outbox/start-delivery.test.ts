import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { silentLog } from '@ipupdater/runtime'
import type { Outcome } from '../channels/channel.ts'
import type { Sleep } from '../context.ts'
import { changedAt, NOON } from '../fixtures/events.ts'
import type { Clock } from '../fixtures/outbox.ts'
import { announce, clockAt, recordingChannel, temporaryOutbox } from '../fixtures/outbox.ts'
import type { Outbox } from './outbox.ts'
import { startDelivery } from './start-delivery.ts'

const delivered: Outcome = { kind: 'delivered', answer: 'ok' }

/** Sleeps until it is woken or stopped, and records for how long each sleep was meant. */
function recordingSleep() {
  const asked = new EventTarget()
  const waits: number[] = []
  const sleep: Sleep = async (ms, signal) => {
    waits.push(ms)
    asked.dispatchEvent(new Event('sleep'))
    if (!signal.aborted) await once(signal, 'abort')
  }
  return { sleep, waits, next: () => once(asked, 'sleep') }
}

function start(outbox: Outbox, clock: Clock, channel: ReturnType<typeof recordingChannel>, sleep: Sleep) {
  const stop = new AbortController()
  const deps = { messages: outbox.messages, now: clock.now, random: () => 0, log: silentLog, sleep }
  return { stop, started: startDelivery([channel], deps, stop.signal) }
}

test('what waits is sent at the start, and what comes later once it is woken', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a')
  const sleeping = recordingSleep()
  await announce(fixture.outbox, changedAt(NOON), [channel])
  let asleep = sleeping.next()
  const { stop, started } = start(fixture.outbox, clock, channel, sleeping.sleep)
  const delivery = await started
  await asleep
  assert.equal(channel.sent.length, 1)
  await announce(fixture.outbox, changedAt(NOON + 1), [channel])
  asleep = sleeping.next()
  delivery.wake()
  await asleep
  assert.equal(channel.sent.length, 2)
  assert.deepEqual(sleeping.waits, [60_000, 60_000])
  stop.abort()
  await delivery[Symbol.asyncDispose]()
})

test('it sleeps until the next try is due, but a minute at most: the clock may be set forward', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => ({ kind: 'failed', reason: 'answered 503' }))
  const sleeping = recordingSleep()
  await announce(fixture.outbox, changedAt(NOON), [channel])
  let asleep = sleeping.next()
  const { stop, started } = start(fixture.outbox, clock, channel, sleeping.sleep)
  const delivery = await started
  await asleep
  for (let n = 0; n < 2; n++) {
    clock.time += sleeping.waits.at(-1) ?? 0
    asleep = sleeping.next()
    delivery.wake()
    await asleep
  }
  assert.deepEqual(sleeping.waits, [5_000, 30_000, 60_000])
  stop.abort()
  await delivery[Symbol.asyncDispose]()
})

test('a channel that was stopped by 410 is tried again after a start', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a', () => delivered)
  await announce(fixture.outbox, changedAt(NOON), [channel])
  await fixture.outbox.messages.stopped('a', NOON, 'answered 410')
  const sleeping = recordingSleep()
  const asleep = sleeping.next()
  const { stop, started } = start(fixture.outbox, clock, channel, sleeping.sleep)
  const delivery = await started
  await asleep
  assert.equal(channel.sent.length, 1)
  stop.abort()
  await delivery[Symbol.asyncDispose]()
})

test('an outbox that cannot be used ends no loop: it is tried again after 5 s', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const channel = recordingChannel('a')
  const sleeping = recordingSleep()
  let isBroken = true
  const messages = {
    ...fixture.outbox.messages,
    isStopped: async (name: string) => {
      if (isBroken) throw new Error('SQLITE_IOERR')
      return fixture.outbox.messages.isStopped(name)
    },
  }
  await announce(fixture.outbox, changedAt(NOON), [channel])
  let asleep = sleeping.next()
  const { stop, started } = start({ ...fixture.outbox, messages }, clock, channel, sleeping.sleep)
  const delivery = await started
  await asleep
  assert.deepEqual([sleeping.waits, channel.sent], [[5_000], []])
  isBroken = false
  asleep = sleeping.next()
  delivery.wake()
  await asleep
  assert.equal(channel.sent.length, 1)
  stop.abort()
  await delivery[Symbol.asyncDispose]()
})
