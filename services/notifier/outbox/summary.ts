import type { Knex } from 'knex'
import type { NotifierEvent } from '../event.ts'

/** How a channel does. Times are ms since the epoch. */
export interface ChannelSummary {
  readonly name: string
  readonly waiting: number
  readonly givenUp: number
  readonly deliveredAt: number | null
  readonly failingSince: number | null
  readonly stoppedAt: number | null
  readonly reason: string | null
}

/** A message that has not been delivered. */
export interface Undelivered {
  readonly channel: string
  readonly event: NotifierEvent
  readonly state: 'waiting' | 'given-up'
  readonly tries: number
  readonly dueAt: number
  readonly reason: string | null
}

/** Every channel that a message was ever for, by name. */
export async function channelSummaries(knex: Knex): Promise<ChannelSummary[]> {
  return knex.raw(`
    SELECT n.name,
           (SELECT count(*) FROM messages WHERE channel = n.name AND state = 'waiting') AS waiting,
           (SELECT count(*) FROM messages WHERE channel = n.name AND state = 'given-up') AS givenUp,
           c.delivered_at AS deliveredAt, c.failing_since AS failingSince, c.stopped_at AS stoppedAt, c.reason
      FROM (SELECT name FROM channels UNION SELECT channel FROM messages) AS n
      LEFT JOIN channels AS c ON c.name = n.name
     ORDER BY n.name`)
}

/** Oldest first. */
export async function undelivered(knex: Knex, limit: number): Promise<Undelivered[]> {
  const rows = await knex('messages')
    .join('events', 'events.id', 'messages.event')
    .whereIn('state', ['waiting', 'given-up'])
    .orderBy('messages.id')
    .limit(limit)
    .select('channel', 'data', 'state', 'tries', 'due_at', 'reason')
  return rows.map(({ data, due_at, ...row }) => ({ ...row, dueAt: due_at, event: JSON.parse(data) }))
}
