import { durationText } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { outboxExists } from '../outbox/connect.ts'
import { openOutbox } from '../outbox/outbox.ts'
import type { ChannelSummary, Undelivered } from '../outbox/summary.ts'
import { readNotifierSettings } from '../settings.ts'

/** How each channel does, and what waits, with the reason. */
export async function list({ env, now, stdout }: Context): Promise<ExitCode> {
  const { settings } = readNotifierSettings(env)
  const dir = settings.notifierDir
  if (!outboxExists(dir)) {
    stdout(`Nothing was sent yet: no notifier has run with NOTIFIER_DIR=${dir}.`)
    return 0
  }
  await using outbox = await openOutbox({ dir, now })
  const channels = await outbox.channels()
  if (channels.length === 0) stdout('Nothing was sent yet.')
  for (const channel of channels) stdout(channelLine(channel, now()))
  const messages = await outbox.undelivered(LIMIT)
  if (messages.length > 0) stdout('')
  for (const message of messages) stdout(messageLine(message, now()))
  if (messages.length === LIMIT) stdout(`… only the oldest ${LIMIT} are shown.`)
  return 0
}

const LIMIT = 100

function channelLine(channel: ChannelSummary, now: number): string {
  const { name, waiting, givenUp } = channel
  const counts = [
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(givenUp > 0 ? [`${givenUp} given up`] : []),
  ]
  return [`${name}: ${stateOf(channel, now)}`, ...counts].join('; ')
}

function stateOf({ stoppedAt, failingSince, deliveredAt, reason }: ChannelSummary, now: number): string {
  if (stoppedAt !== null) return `stopped, ${reason}: correct its settings and restart the notifier`
  if (failingSince !== null) return `failing for ${durationText(now - failingSince)}, ${reason}`
  return deliveredAt === null
    ? 'not tried yet'
    : `works, last delivered ${durationText(now - deliveredAt)} ago`
}

function messageLine({ channel, event, state, tries, dueAt, reason }: Undelivered, now: number): string {
  const age = `${event.id}, from ${new Date(event.at).toISOString()}`
  if (state === 'given-up') return `${channel}: ${age}, given up after ${count(tries)}: ${reason}`
  const next = dueAt <= now ? 'due now' : `next try in ${durationText(dueAt - now)}`
  return `${channel}: ${age}, ${next}${reason === null ? '' : ` after ${count(tries)}: ${reason}`}`
}

function count(tries: number): string {
  return tries === 1 ? '1 try' : `${tries} tries`
}
