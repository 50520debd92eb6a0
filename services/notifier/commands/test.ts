import { printableInLine } from '@ipupdater/runtime'
import { locationOf, openReader } from '@ipupdater/storage'
import type { Channel, Outcome } from '../channels/channel.ts'
import { addressReader } from '../channels/published-addresses.ts'
import type { Context, ExitCode } from '../context.ts'
import { openChannels } from '../open-channels.ts'
import { readNotifierSettings } from '../settings.ts'

/** Sends a test message on every channel, or on the one named, past the outbox. */
export async function test(only: string | undefined, context: Context): Promise<ExitCode> {
  const { env, now, stdout, stderr } = context
  const { settings, publish } = readNotifierSettings(env)
  await using reader = openReader(locationOf(settings), { now })
  const channels = openChannels(settings, publish, { addressesOf: addressReader(reader, now), now })
  const all = [...channels.events, ...(channels.heartbeat === null ? [] : [channels.heartbeat])]
  const chosen = only === undefined ? all : all.filter(({ name }) => name === only)
  if (chosen.length === 0) {
    stderr(all.length === 0 ? NO_CHANNEL : `Unknown channel "${only}". Set are: ${namesOf(all)}.`)
    return 2
  }
  const event = { id: `test_${now()}`, type: 'test', at: now() } as const
  const outcomes = await Promise.all(
    chosen.map(async channel => {
      const outcome = await channel.send(event, NEVER)
      // One line, whatever a server answers.
      stdout(printableInLine(`${channel.name}: ${describe(outcome)}`))
      return outcome.kind
    }),
  )
  return outcomes.includes('failed') || outcomes.includes('obsolete') ? 1 : 0
}

const NO_CHANNEL = 'No channel is set. The first message in three minutes: docs/notifications.md.'
/** Each channel has its own time limit. */
const NEVER = new AbortController().signal

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered':
      return `delivered (answered ${outcome.answer})`
    case 'postponed':
      return `not sent now: ${outcome.reason}`
    case 'obsolete':
      return `failed: ${outcome.reason}`
    case 'failed':
      return `failed: ${outcome.reason}${outcome.detail ? `: ${outcome.detail}` : ''}`
  }
}

function namesOf(channels: readonly Channel[]): string {
  return channels.map(({ name }) => name).join(', ')
}
