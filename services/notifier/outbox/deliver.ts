import type { Log } from '@ipupdater/runtime'
import type { Channel, Failed, Outcome } from '../channels/channel.ts'
import type { Message, Messages } from './messages.ts'
import { nextTry } from './retry-policy.ts'

export interface DeliverDeps {
  readonly messages: Messages
  readonly now: () => number
  /** 0 ≤ random() < 1 */
  readonly random: () => number
  readonly log: Log
  /** Counts tries, for the metrics. */
  readonly onTry?: (channel: string, isDelivered: boolean) => void
}

/**
 * Sends what is due on one channel, oldest first. Marked after a 2xx answer: a crash in between sends a message twice,
 * with the same id, and loses none.
 *
 * @returns when the next one is due (ms since the epoch); null: none waits
 */
export async function deliverDue(
  channel: Channel,
  deps: DeliverDeps,
  stop: AbortSignal,
): Promise<number | null> {
  const { messages, now } = deps
  while (!stop.aborted && !(await messages.isStopped(channel.name))) {
    const message = await messages.nextDue(channel.name, now())
    if (message === null) return messages.nextDueAt(channel.name)
    const outcome = await sendSafely(channel, message, stop)
    if (stop.aborted && outcome.kind === 'failed') return null // It was interrupted: that is not a try.
    await record(channel.name, message, outcome, deps)
  }
  return null
}

async function sendSafely(channel: Channel, { event }: Message, stop: AbortSignal): Promise<Outcome> {
  try {
    return await channel.send(event, stop)
  } catch (error) {
    // Such as a database that cannot be read. Its text is not known to be free of secrets.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unexpected'
    return { kind: 'failed', reason: `not sent: ${code}` }
  }
}

async function record(name: string, message: Message, outcome: Outcome, deps: DeliverDeps): Promise<void> {
  const { messages, now, log, onTry } = deps
  const about = { channel: name, event: message.event.id }
  switch (outcome.kind) {
    case 'delivered':
      await messages.delivered(name, message, now(), outcome.againAt ?? null)
      onTry?.(name, true)
      log.info('delivered', about)
      return
    case 'obsolete':
      await messages.obsolete(name, message)
      log.info('not sent any more', { ...about, why: outcome.reason })
      return
    case 'postponed':
      await messages.postponed(message, outcome.until, outcome.reason)
      log.info('postponed', { ...about, why: outcome.reason, until: new Date(outcome.until).toISOString() })
      return
    case 'failed':
      await recordFailure(name, message, outcome, deps)
      onTry?.(name, false)
  }
}

async function recordFailure(
  name: string,
  message: Message,
  outcome: Failed,
  deps: DeliverDeps,
): Promise<void> {
  const { messages, now, random, log } = deps
  const { reason, retryAfterMs, isGone = false } = outcome
  const tries = message.tries + 1
  const failure = { tries, firstTriedAt: message.firstTriedAt ?? now(), now: now() }
  const dueAt = nextTry({ ...failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, random)
  await messages.failed(name, message, now(), reason, dueAt)
  const about = { channel: name, event: message.event.id, why: reason, tries }
  if (isGone) {
    await messages.stopped(name, now(), reason)
    log.error('channel stopped: it wants no more messages; correct its settings and restart', about)
  } else if (dueAt === null) log.error('given up', about)
  else log.warn('not delivered', { ...about, next: new Date(dueAt).toISOString() })
}
