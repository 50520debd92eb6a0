import type { Knex } from 'knex'
import type { NotifierEvent } from '../event.ts'

/** A message that is due. */
export interface Message {
  readonly id: number
  readonly event: NotifierEvent
  readonly tries: number
  readonly firstTriedAt: number | null
}

/** A channel's mailbox in the outbox. Every change is one transaction on disk. */
export interface Messages {
  /** The oldest one that is due; null: none. */
  nextDue(channel: string, now: number): Promise<Message | null>
  /** When the next one is due; null: none waits. */
  nextDueAt(channel: string): Promise<number | null>
  delivered(channel: string, message: Message, now: number, againAt: number | null): Promise<void>
  /** `dueAt` null: it is given up. */
  failed(channel: string, message: Message, now: number, reason: string, dueAt: number | null): Promise<void>
  /** Takes the message out. The channel is not failing. */
  obsolete(channel: string, message: Message): Promise<void>
  /** Not a try. */
  postponed(message: Message, until: number, reason: string): Promise<void>
  /** Nothing more is sent there until it is started again. */
  stopped(channel: string, now: number, reason: string): Promise<void>
  start(channel: string): Promise<void>
  isStopped(channel: string): Promise<boolean>
}

interface MessageRow {
  id: number
  tries: number
  first_tried_at: number | null
  data: string
}

export function messagesIn(knex: Knex): Messages {
  return {
    async nextDue(channel, now) {
      const row = await knex('messages')
        .join('events', 'events.id', 'messages.event')
        .where({ channel, state: 'waiting' })
        .where('due_at', '<=', now)
        .orderBy('messages.id')
        .first<MessageRow>('messages.id', 'tries', 'first_tried_at', 'data')
      if (row === undefined) return null
      return { id: row.id, event: JSON.parse(row.data), tries: row.tries, firstTriedAt: row.first_tried_at }
    },

    async nextDueAt(channel) {
      const row = await knex('messages')
        .where({ channel, state: 'waiting' })
        .min<{ due: number | null }>({ due: 'due_at' })
        .first()
      return row?.due ?? null
    },

    delivered: (channel, { id }, now, againAt) =>
      knex.transaction(async t => {
        const marked = againAt === null ? { state: 'delivered' } : { due_at: againAt, tries: 0 }
        await t('messages')
          .where({ id })
          .update({ first_tried_at: null, reason: null, ...marked })
        await wakeAfterOutage(t, channel, now)
        await noteChannel(t, channel, { delivered_at: now, failing_since: null, reason: null })
      }),

    failed: (channel, { id, firstTriedAt, tries }, now, reason, dueAt) =>
      knex.transaction(async t => {
        await t('messages')
          .where({ id })
          .update({
            reason,
            tries: tries + 1,
            first_tried_at: firstTriedAt ?? now,
            ...(dueAt === null ? { state: 'given-up' } : { due_at: dueAt }),
          })
        const known = await t('channels').where({ name: channel }).first('failing_since')
        await noteChannel(t, channel, { failing_since: known?.failing_since ?? now, reason })
      }),

    obsolete: (channel, { id }) =>
      knex.transaction(async t => {
        await t('messages').where({ id }).delete()
        await noteChannel(t, channel, { failing_since: null, reason: null })
      }),

    async postponed({ id }, until, reason) {
      await knex('messages').where({ id }).update({ due_at: until, reason })
    },

    stopped: (channel, now, reason) => noteChannel(knex, channel, { stopped_at: now, reason }),
    start: channel => noteChannel(knex, channel, { stopped_at: null }),
    async isStopped(channel) {
      const row = await knex('channels').where({ name: channel }).first('stopped_at')
      return (row?.stopped_at ?? null) !== null
    },
  }
}

/**
 * The channel works again: what waits for another try need not wait for its time. Not if only one message failed a
 * moment ago: one that the other side never takes would be tried again after each that it takes.
 */
async function wakeAfterOutage(t: Knex.Transaction, channel: string, now: number): Promise<void> {
  const known = await t('channels').where({ name: channel }).first<{ failing_since: number | null }>()
  if (known?.failing_since == null || now - known.failing_since < OUTAGE_MS) return
  await t('messages').where({ channel, state: 'waiting' }).where('tries', '>', 0).update({ due_at: now })
}

const OUTAGE_MS = 60_000

async function noteChannel(knex: Knex, name: string, columns: Record<string, unknown>): Promise<void> {
  await knex('channels')
    .insert({ name, ...columns })
    .onConflict('name')
    .merge(columns)
}
