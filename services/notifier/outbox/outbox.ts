import type { Announcements } from './announcements.ts'
import { announcementsIn } from './announcements.ts'
import { connect } from './connect.ts'
import type { Messages } from './messages.ts'
import { messagesIn } from './messages.ts'
import type { ChannelSummary, Undelivered } from './summary.ts'
import { channelSummaries, undelivered } from './summary.ts'

/** The notifier's own database: what was announced, and the messages that wait. */
export interface Outbox extends AsyncDisposable {
  /** All of `work` is written, or nothing. */
  transaction<T>(work: (announcements: Announcements) => Promise<T>): Promise<T>
  readonly messages: Messages
  channels(): Promise<ChannelSummary[]>
  undelivered(limit: number): Promise<Undelivered[]>
}

/** `now`: ms since the epoch. @throws StartError if it cannot be opened */
export async function openOutbox({
  dir,
  now,
}: {
  readonly dir: string
  readonly now: () => number
}): Promise<Outbox> {
  const knex = await connect(dir)
  return {
    transaction: work => knex.transaction(t => work(announcementsIn(t, now()))),
    messages: messagesIn(knex),
    channels: () => channelSummaries(knex),
    undelivered: limit => undelivered(knex, limit),
    [Symbol.asyncDispose]: () => knex.destroy(),
  }
}
