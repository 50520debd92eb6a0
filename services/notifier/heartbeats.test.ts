import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Log } from '@ipupdater/runtime'
import type { Outcome } from './channels/channel.ts'
import { NOON } from './fixtures/events.ts'
import { recordingChannel } from './fixtures/outbox.ts'
import { startHeartbeats } from './heartbeats.ts'

const failed: Outcome = { kind: 'failed', reason: 'answered 503' }
const delivered: Outcome = { kind: 'delivered', answer: 'ok' }

/** A minute for each element; null: the notifier is not well then. */
async function beat(minutes: readonly (Outcome | null)[]) {
  const stop = new AbortController()
  const logged: string[] = []
  const waits: number[] = []
  const tries: boolean[] = []
  const write = (message: string) => void logged.push(message)
  let minute = -1
  const channel = recordingChannel('heartbeat', () => minutes[minute] ?? failed)
  await using _heartbeats = startHeartbeats(
    {
      channel,
      isWell: () => minutes[minute] !== null,
      now: () => NOON,
      sleep: async ms => {
        waits.push(ms)
        if (++minute === minutes.length) stop.abort()
      },
      log: { info: write, warn: write } as unknown as Log,
      onTry: (_name, isDelivered) => void tries.push(isDelivered),
    },
    stop.signal,
  )
  await _heartbeats[Symbol.asyncDispose]()
  return { sent: channel.sent.length, logged, waits, tries }
}

test('a heartbeat is sent after 3 s, and then every minute', async () => {
  const { sent, waits, logged } = await beat([delivered, delivered, delivered])
  assert.equal(sent, 3)
  assert.deepEqual(waits, [3_000, 60_000, 60_000, 60_000])
  assert.deepEqual(logged, [])
})

test('no heartbeat is sent while the addresses cannot be followed', async () => {
  assert.equal((await beat([delivered, null, null, delivered])).sent, 2)
})

test('a heartbeat that fails is logged once, and so is the next that arrives', async () => {
  const { logged, tries } = await beat([failed, failed, delivered, failed])
  assert.deepEqual(logged, ['no heartbeat', 'heartbeats arrive again', 'no heartbeat'])
  assert.deepEqual(tries, [false, false, true, false])
})
