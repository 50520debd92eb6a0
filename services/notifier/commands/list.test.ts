import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Context } from '../context.ts'
import { changedAt, NOON } from '../fixtures/events.ts'
import { announce, clockAt, recordingChannel, temporaryDir, temporaryOutbox } from '../fixtures/outbox.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { list } from './list.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What `list` prints at this time. */
async function listed(dir: string, time: number): Promise<string[]> {
  const printed: string[] = []
  const context: Context = {
    env: { NOTIFIER_DIR: dir },
    now: () => time,
    random: () => 0.5,
    sleep: async () => {},
    stdout: line => void printed.push(line),
    stderr: line => void printed.push(line),
  }
  assert.equal(await list(context), 0)
  return printed
}

const fail = async (outbox: Outbox, channel: string, at: number, dueAt: number | null) => {
  const message = await outbox.messages.nextDue(channel, at)
  assert.ok(message)
  await outbox.messages.failed(channel, message, at, 'answered 503', dueAt)
}

test('before anything was sent there is nothing to list', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  assert.deepEqual(await listed(fixture.dir, NOON), ['Nothing was sent yet.'])
})

test('where no notifier has run there is nothing to list, and nothing is created', async () => {
  using dir = temporaryDir()
  const missing = join(dir.path, 'notifier')
  assert.deepEqual(await listed(missing, NOON), [
    `Nothing was sent yet: no notifier has run with NOTIFIER_DIR=${missing}.`,
  ])
  assert.equal(existsSync(missing), false)
})

test('each channel is listed with its state, and each message that waits or was given up with the reason', async () => {
  const clock = clockAt()
  await using fixture = await temporaryOutbox(clock)
  const { outbox } = fixture
  await announce(
    outbox,
    changedAt(NOON),
    ['lost', 'ntfy', 'waits', 'webhook'].map(name => recordingChannel(name)),
  )
  const delivered = await outbox.messages.nextDue('ntfy', NOON)
  assert.ok(delivered)
  await outbox.messages.delivered('ntfy', delivered, NOON, null)
  await fail(outbox, 'webhook', NOON, NOON + HOUR)
  await fail(outbox, 'lost', NOON, null)
  const id = 'address-changed_home_4_1795608000000, from 2026-11-25T12:00:00.000Z'
  assert.deepEqual(await listed(fixture.dir, NOON + 3 * MINUTE), [
    'lost: failing for 3 minutes, answered 503; 1 given up',
    'ntfy: works, last delivered 3 minutes ago',
    'waits: not tried yet; 1 waiting',
    'webhook: failing for 3 minutes, answered 503; 1 waiting',
    '',
    `lost: ${id}, given up after 1 try: answered 503`,
    `waits: ${id}, due now`,
    `webhook: ${id}, next try in 57 minutes after 1 try: answered 503`,
  ])
})

test('a stopped channel is listed with what to do', async () => {
  await using fixture = await temporaryOutbox(clockAt())
  await fixture.outbox.messages.stopped('ntfy', NOON, 'answered 410')
  assert.deepEqual(await listed(fixture.dir, NOON), [
    'ntfy: stopped, answered 410: correct its settings and restart the notifier',
  ])
})
